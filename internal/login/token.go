package login

// A Token proves to a server that the holder of a certificate was there and
// meant this origin and this nonce (the form of Web eID, with SM2 and SM3).
type Token struct {
	Format      string `json:"format" enum:"xinzhang:1.0"`
	Algorithm   string `json:"algorithm" enum:"SM2SM3"`
	Certificate []byte `json:"certificate" doc:"DER of the signing certificate"`
	Signature   []byte `json:"signature" doc:"r ‖ s, 64 octets, over e = SM3(Z ‖ SM3(origin) ‖ SM3(nonce))"`
	AppVersion  string `json:"app_version" maxLength:"64"`
}
