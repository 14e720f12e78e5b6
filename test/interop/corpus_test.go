package interop

import (
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"xinzhang/test/corpus"
)

// What each judge must say of the files made by others: "" accepts, anything else
// is a part of the reason why it refuses. What xinzhang itself must say of them
// stands in internal/verify, corpus_test.go.
var foreign = []struct {
	file, question        string
	against               string // the second file of the question
	openSSL, bouncyCastle string
}{
	{"helloworld.ofd", "ofd", "", "REFUSED: a signature in the package: 0", "nobody signed"},
	{"VPage7.ofd", "ofd", "", "REFUSED: a signature in the package: 0", "nobody signed"},
	{"multiKeywordInTextCode.ofd", "ofd", "", "REFUSED: a signature in the package: 0", "nobody signed"},
	{"AddWatermarkAnnot.ofd", "ofd", "", "REFUSED: a signature in the package: 0", "nobody signed"},
	{"hello-integrity.ofd", "ofd", "", "REFUSED: a signature in the package: 0", "nobody signed"},
	{"hello-integrity.ofd", "integrity", "", notAsked, ""},
	{"V4RideRight.ofd", "ofd", "", "", ""},
	{"V4RideRight.ofd", "ofd-in-time", "", notAsked, ""},
	{"allprotected.ofd", "ofd", "", "", ""},
	{"allprotected.ofd", "ofd-in-time", "", notAsked, ""},
	{"SESV4SignDoc.ofd", "ofd", "", "", ""},
	{"SESV4SignDoc.ofd", "ofd-in-time", "", notAsked, "signed outside the validity"},
	{"DigitalSign.ofd", "ofd", "", "not a seal signature", "no certificate to ask"},
	{"UserV1.esl", "seal", "", "", ""},
	{"UserV4.esl", "seal", "", "", ""},
	{"UserV5.esl", "seal", "", "", ""},
	{"nrcac-rootca.der", "certificate", "nrcac-rootca.der", "", ""},
	{"szca-sm2-ca.der", "certificate", "nrcac-rootca.der", "", ""},
	{"sheca-sm2.der", "certificate", "nrcac-rootca.der", "", ""},
	{"ofdrw-root.pem", "certificate", "ofdrw-root.pem", "", ""},
}

// notAsked says that OpenSSL has no answer to a question.
const notAsked = "-"

func TestJudgesAgreeAboutTheFilesOfOthers(t *testing.T) {
	t.Parallel()
	for _, f := range foreign {
		t.Run(f.file+" "+f.question, func(t *testing.T) {
			files := [][]byte{corpusFile(t, f.file)}
			if f.against != "" {
				files = append(files, corpusFile(t, f.against))
			}
			if f.openSSL != notAsked {
				ok, said := answerOfOpenSSL(t, f.question, files)
				says(t, "OpenSSL", ok, said, f.openSSL)
			}
			ok, said := AskBouncyCastle(t, f.question, files...)
			says(t, "BouncyCastle", ok, said, f.bouncyCastle)
		})
	}
}

// says compares what a judge answered with what it must answer.
func says(t *testing.T, who string, ok bool, said, want string) {
	t.Helper()
	if ok != (want == "") || !strings.Contains(said, want) {
		t.Errorf("%s says %v: %s, want %q", who, ok, said, want)
	}
}

func TestJudgesRefuseTheFilesOfOthersWithOneFlippedBit(t *testing.T) {
	t.Parallel()
	for _, f := range foreign {
		if f.bouncyCastle != "" || f.question == "ofd-in-time" || f.question == "integrity" {
			continue
		}
		t.Run(f.file, func(t *testing.T) {
			b := corpusFile(t, f.file)
			if f.question == "ofd" {
				refusesEveryFlippedEntry(t, b, judgedByBouncyCastle)
				if f.file == "SESV4SignDoc.ofd" { // one is enough: OpenSSL is asked a dozen times for each
					refusesEveryFlippedEntry(t, b, judgedByOpenSSL)
				}
				return
			}
			for _, at := range []int{len(b) / 4, len(b) / 2, len(b) - 10} {
				files := [][]byte{slices.Clone(b)}
				files[0][at] ^= 1
				if f.against != "" {
					files = append(files, corpusFile(t, f.against))
				}
				ok, said := answerOfOpenSSL(t, f.question, files)
				refuses(t, "OpenSSL: a bit flipped", ok, said)
				asked(t, "BouncyCastle: a bit flipped", false, f.question, files...)
			}
		})
	}
}

// An integrity list says which files belong to the package, not what is in them.
func TestBouncyCastleHoldsThePackageAgainstItsIntegrityList(t *testing.T) {
	t.Parallel()
	b := corpusFile(t, "hello-integrity.ofd")
	const page = "Doc_0/Pages/Page_1/Content.xml"
	for what, change := range map[string]func(name string, b []byte) []byte{
		"a list with another bit": func(name string, b []byte) []byte {
			if name == "OFDEntries.xml" {
				b[len(b)/2] ^= 1
			}
			return b
		},
		"a signed value with another bit": func(name string, b []byte) []byte {
			if name == "signedvalue.dat" {
				b[len(b)-10] ^= 1
			}
			return b
		},
		"a package without one of its files": func(name string, b []byte) []byte {
			if name == page {
				return nil
			}
			return b
		},
	} {
		asked(t, what, false, "integrity", rezip(t, b, change))
	}
	asked(t, "a package with one file more", false, "integrity", withEntry(t, b, "Doc_0/more.xml"))
}

func answerOfOpenSSL(t *testing.T, question string, files [][]byte) (ok bool, said string) {
	t.Helper()
	switch question {
	case "ofd":
		return judgedByOpenSSL(t, files[0])
	case "seal":
		return Seal(t, files[0])
	case "certificate":
		return Signed(t, files[0], files[1])
	}
	t.Fatalf("OpenSSL cannot be asked %q", question)
	return false, ""
}

func judgedByBouncyCastle(t *testing.T, document []byte) (ok bool, said string) {
	t.Helper()
	return AskBouncyCastle(t, "ofd", document)
}

// corpusFile reads a file made by others, PEM as the DER inside.
func corpusFile(t *testing.T, name string) []byte {
	t.Helper()
	b := corpus.File(t, name)
	if block, _ := pem.Decode(b); block != nil {
		return block.Bytes
	}
	return b
}
