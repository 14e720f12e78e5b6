package apdu

// PINInfo is an answer to GetPINInfo: three octets.
type PINInfo struct {
	Max, Left byte
	First     bool // still the PIN of the making
}

// Marshal writes it.
func (p PINInfo) Marshal() []byte { return []byte{p.Max, p.Left, flag(p.First)} }

// ParsePINInfo reads it.
func ParsePINInfo(b []byte) (PINInfo, error) {
	r := NewReader(b)
	p := PINInfo{r.Octet(), r.Octet(), r.Octet() != 0}
	return p, r.End()
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// NewApplication is the data of CreateApplication: name 32 ‖ tries of the admin
// PIN 4 ‖ of the user PIN 4 ‖ rights to create files 4 ‖ sealed [Secret] of admin
// PIN and user PIN. The field sends both PINs in clear here.
type NewApplication struct {
	Name                  string
	AdminTries, UserTries uint32
	CreateFiles           uint32
	PINs                  []byte // sealed
}

// Marshal writes it.
func (a NewApplication) Marshal() []byte {
	b := field(nil, []byte(a.Name), NameField)
	return append(u32(u32(u32(b, a.AdminTries), a.UserTries), a.CreateFiles), a.PINs...)
}

// NewApplication takes its fields but the PINs, which follow.
func (r *Reader) NewApplication() NewApplication {
	return NewApplication{Name: r.Text(NameField), AdminTries: r.Uint32(), UserTries: r.Uint32(), CreateFiles: r.Uint32()}
}

// MarshalOpened is an answer to OpenApplication: rights to create files 4 ‖
// containers 1 ‖ certificates 1 ‖ files 2 ‖ appID. Our card tells the ID only, and
// zeros before it.
func MarshalOpened(id ID) []byte { return append(make([]byte, 8), id[:]...) }

// ParseOpened reads the ID.
func ParseOpened(b []byte) (ID, error) {
	r := NewReader(b)
	r.Octets(8)
	id := r.ID()
	return id, r.End()
}

// A File is a FILEATTRIBUTE: name 32 ‖ size 4 ‖ rights to read 4 ‖ to write 4.
type File struct {
	Name              string
	Size, Read, Write uint32
}

// Marshal writes it.
func (f File) Marshal() []byte {
	return append(field(nil, []byte(f.Name), NameField), f.MarshalInfo()...)
}

// MarshalInfo writes it without the name, as GetFileInfo answers.
func (f File) MarshalInfo() []byte { return u32(u32(u32(nil, f.Size), f.Read), f.Write) }

// ParseFile reads it with the name.
func ParseFile(b []byte) (File, error) {
	r := NewReader(b)
	f := File{Name: r.Text(NameField), Size: r.Uint32(), Read: r.Uint32(), Write: r.Uint32()}
	return f, r.End()
}

// A Span is a place in a file: appID ‖ offset 2 ‖ length of the name 2 ‖ name.
type Span struct {
	App    ID
	Offset int
	Name   string
}

// Marshal writes it.
func (s Span) Marshal() []byte {
	return append(u16(u16(s.App[:], s.Offset), len(s.Name)), s.Name...)
}

// Span takes a Span.
func (r *Reader) Span() Span {
	s := Span{App: r.ID(), Offset: r.Uint16()}
	s.Name = string(r.Octets(r.Uint16()))
	return s
}

// ContainerInfo is an answer to GetContainerInfo: type 1 ‖ bits of the signing
// key 4 ‖ of the encryption key 4 ‖ certificate of the one 1 ‖ of the other 1.
type ContainerInfo struct {
	Signing, Encryption         bool // the pair is there; SM2
	SigningCert, EncryptionCert bool
}

// The types are those of SKF_GetContainerType.
const (
	containerEmpty = 0
	containerECC   = 2
)

// Marshal writes it.
func (c ContainerInfo) Marshal() []byte {
	b := []byte{containerEmpty}
	if c.Signing || c.Encryption {
		b[0] = containerECC
	}
	b = u32(u32(b, bits*uint32(flag(c.Signing))), bits*uint32(flag(c.Encryption)))
	return append(b, flag(c.SigningCert), flag(c.EncryptionCert))
}

// ParseContainerInfo reads it.
func ParseContainerInfo(b []byte) (ContainerInfo, error) {
	r := NewReader(b)
	r.Octet()
	c := ContainerInfo{Signing: r.Uint32() != 0, Encryption: r.Uint32() != 0}
	c.SigningCert, c.EncryptionCert = r.Octet() != 0, r.Octet() != 0
	return c, r.End()
}

// MarshalCertificate returns length 4 ‖ DER.
func MarshalCertificate(der []byte) []byte { return append(u32(nil, uint32(len(der))), der...) }

// Certificate takes what [MarshalCertificate] writes.
func (r *Reader) Certificate() []byte { return r.Octets(r.Length()) }
