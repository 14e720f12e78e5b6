package apdu

// What the sources leave open, decided here and nowhere else; docs/standards.md
// tells of it. None of this may be taken for the normative text.
//
// PINs. In the field a PIN answers a challenge under a key that is SHA-1(PIN):
// whoever records one exchange can guess the PIN elsewhere, at the price of a
// hash, past every counter. A token that keeps no such hash cannot even check it.
// Ours keeps the instructions and the status words, and sends the PIN itself,
// SM2-encrypted to a key that the card makes anew at each power-up, together with
// the last challenge and the command it is for. A record of it tells nothing, and
// no part of it can be used again or elsewhere. Who stands between host and card
// and exchanges the card's key does learn the PIN: the key is not certified.

// GetCardKey is ours, in the area of vendors: → X 32 ‖ Y 32, the key for a
// [Secret].
const GetCardKey INS = 0xD0

// Lengths that are ours or are not agreed upon.
const (
	NameField = 32 // of an application or a file in a structure; one implementation uses 48
	PINField  = 16 // a PIN, filled up with zeros

	// ChallengeSize octets of the last GenRandom are compared; fewer leave none.
	ChallengeSize = 8

	// MaxData is the longest data of a command and of an answer, as [DevInfo]
	// announces it. The field has about 2048; a certificate of that size with its
	// head, and the head of a certificate with two identities, fit here in one.
	MaxData = 4096

	// MaxFile is the largest file: offsets have two octets.
	MaxFile = 1<<16 - 1
)

// An ID names an application, a container or a session key while the card has
// power. Implementations disagree about its byte order: it is two octets that
// the card gave out.
type ID [2]byte
