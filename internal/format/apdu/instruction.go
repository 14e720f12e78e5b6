package apdu

// An INS is the number of a command.
type INS = byte

// The commands that are used, by their names in GM/T 0017. What the card expects
// and answers stands with the structures of this package; appID and containerID
// are opaque, see [ID].
const (
	SetLabel      INS = 0x02 // label
	GetDevInfo    INS = 0x04 // → [DevInfo]
	DevAuth       INS = 0x10 // P2 = [AuthSM4]; one block under the device key whose first 8 octets are the challenge
	ChangeAuthKey INS = 0x12 // P2 = [AuthSM4]; [Secret]: the new key

	GetPINInfo       INS = 0x14 // P2 = kind of PIN; appID → [PINInfo]
	ChangePIN        INS = 0x16 // P2 = kind of PIN; appID ‖ [Secret]: old, new
	VerifyPIN        INS = 0x18 // P2 = kind of PIN; appID ‖ [Secret]: PIN
	UnblockPIN       INS = 0x1A // appID ‖ [Secret]: admin PIN, new user PIN
	ClearSecureState INS = 0x1C // appID

	CreateApplication INS = 0x20 // [NewApplication]
	EnumApplication   INS = 0x22 // → names
	DeleteApplication INS = 0x24 // name
	OpenApplication   INS = 0x26 // name → [OpenedApplication]
	CloseApplication  INS = 0x28 // appID

	CreateFile  INS = 0x30 // P1P2 = appID; [File]
	DeleteFile  INS = 0x32 // P1P2 = appID; name
	EnumFiles   INS = 0x34 // P1P2 = appID → names
	GetFileInfo INS = 0x36 // P1P2 = appID; name → size 4, rights to read 4, to write 4
	ReadFile    INS = 0x38 // [Span] → octets, cut at the end of the file
	WriteFile   INS = 0x3A // [Span] ‖ length 2 ‖ octets

	CreateContainer   INS = 0x40 // appID ‖ name → containerID
	OpenContainer     INS = 0x42 // appID ‖ name → containerID
	CloseContainer    INS = 0x44 // appID ‖ containerID
	EnumContainer     INS = 0x46 // appID → names
	DeleteContainer   INS = 0x48 // appID ‖ name
	GetContainerInfo  INS = 0x4A // appID ‖ name → [ContainerInfo]
	ImportCertificate INS = 0x4C // appID ‖ containerID ‖ pair 1 ‖ length 4 ‖ DER
	ExportCertificate INS = 0x4E // P1 = pair; appID ‖ containerID → length 4 ‖ DER

	GenRandom INS = 0x50 // → Le octets; the first are the challenge

	GenECCKeyPair    INS = 0x70 // appID ‖ containerID ‖ bits 4 → X 32 ‖ Y 32
	ImportECCKeyPair INS = 0x72 // appID ‖ containerID ‖ [MarshalEnvelope]
	ECCSign          INS = 0x74 // P1 = [SignDigest]; appID ‖ containerID ‖ e 32 → [MarshalSignature]
	ECCVerify        INS = 0x76 // [Verification]
	ExportPublicKey  INS = 0x88 // P1 = pair; appID ‖ containerID → [MarshalPublicKey]

	ImportSessionKey  INS = 0xA0 // appID ‖ containerID ‖ alg 4 ‖ length 4 ‖ [MarshalCipher] → keyID
	DecryptInit       INS = 0xAC // keyID triple ‖ alg 4 ‖ BLOCKCIPHERPARAM
	Decrypt           INS = 0xAE // keyID triple ‖ whole blocks → octets; ends
	DecryptUpdate     INS = 0xB0 // the same; goes on
	DecryptFinal      INS = 0xB2 // keyID triple; ends
	DigestInit        INS = 0xB4 // P2 = [DigestSM3]; nothing, or bits 4 ‖ X 32 ‖ Y 32 ‖ length 4 ‖ ID for Z
	Digest            INS = 0xB6 // octets → length 4 ‖ hash; ends
	DigestUpdate      INS = 0xB8 // octets
	DigestFinal       INS = 0xBA // → length 4 ‖ hash; ends
	DestroySessionKey INS = 0xC4 // keyID triple: appID ‖ containerID ‖ keyID
)

// Values of P1 and P2.
const (
	AuthSM4 = 0x02 // DevAuth, ChangeAuthKey: the device key is one of SM4

	EncryptionPair = 0x00 // ExportCertificate, ExportPublicKey, and the octet of ImportCertificate
	SigningPair    = 0x01

	DigestSM3 = 0x01

	SignDigest = 0x02 // ECCSign: data is e, 32 octets. 1, the message itself, is not offered
)
