package apdu

import "xinzhang/internal/format/skf"

// DevInfoSize is the length of a [DevInfo], which GetDevInfo wants as Le.
const DevInfoSize = 0x0120

// A DevInfo is what a card says of itself. Texts are cut to their fields: 64
// octets, Label and Serial 32.
type DevInfo struct {
	Struct, Spec                        skf.Version
	Manufacturer, Issuer, Label, Serial string
	Hardware, Firmware                  skf.Version
	Symmetric, Asymmetric, Hash, Auth   uint32 // numbers of algorithms, as in a DEVINFO
	Total, Free                         uint32 // octets
	MaxData                             int    // of a command, in octets
	AuthMethod, DeviceType              int
	MaxContainers, MaxCertificates      byte // 0: not told
	MaxFiles                            int  // 0: not told
}

// Marshal returns 288 octets.
func (d DevInfo) Marshal() []byte {
	version := func(b []byte, v skf.Version) []byte { return append(b, v.Major, v.Minor) }
	b := version(version(nil, d.Struct), d.Spec)
	b = field(b, []byte(d.Manufacturer), 64)
	b = field(b, []byte(d.Issuer), 64)
	b = field(b, []byte(d.Label), 32)
	b = field(b, []byte(d.Serial), 32)
	b = version(version(b, d.Hardware), d.Firmware)
	for _, v := range []uint32{d.Symmetric, d.Asymmetric, d.Hash, d.Auth, d.Total, d.Free} {
		b = u32(b, v)
	}
	b = u16(u16(u16(b, d.MaxData), d.AuthMethod), d.DeviceType)
	b = u16(append(b, d.MaxContainers, d.MaxCertificates), d.MaxFiles)
	return field(b, nil, DevInfoSize)[:DevInfoSize]
}

// ParseDevInfo reads an answer to GetDevInfo.
func ParseDevInfo(b []byte) (DevInfo, error) {
	r := NewReader(b)
	version := func() skf.Version { v := r.Octets(2); return skf.Version{Major: v[0], Minor: v[1]} }
	text := func(n int) string { return skf.Text(r.Octets(n)) }
	d := DevInfo{Struct: version(), Spec: version()}
	d.Manufacturer, d.Issuer, d.Label, d.Serial = text(64), text(64), text(32), text(32)
	d.Hardware, d.Firmware = version(), version()
	for _, v := range []*uint32{&d.Symmetric, &d.Asymmetric, &d.Hash, &d.Auth, &d.Total, &d.Free} {
		*v = r.Uint32()
	}
	d.MaxData, d.AuthMethod, d.DeviceType = r.Uint16(), r.Uint16(), r.Uint16()
	d.MaxContainers, d.MaxCertificates, d.MaxFiles = r.Octet(), r.Octet(), r.Uint16()
	r.Octets(54)
	return d, r.End()
}
