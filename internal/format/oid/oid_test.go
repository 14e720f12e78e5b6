package oid

import (
	"bytes"
	"encoding/asn1"
	"testing"
)

func TestContentAgreesWithTheStandardLibrary(t *testing.T) {
	for id, want := range map[ID]asn1.ObjectIdentifier{
		SM2WithSM3:   {1, 2, 156, 10197, 1, 501},
		SZCAIDNumber: {1, 2, 86, 11, 7, 7550207},
		UserID:       {0, 9, 2342, 19200300, 100, 1, 1},
		"2.999.3":    {2, 999, 3},
	} {
		der, err := asn1.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if got := id.Marshal(); !bytes.Equal(got, der) {
			t.Errorf("%s = %x, want %x", id, got, der)
		}
	}
}

func TestOurArcIsTheUUIDUnder225(t *testing.T) {
	got := PolicyOrganisation.Content()
	id, err := Parse(got)
	if err != nil || id != PolicyOrganisation {
		t.Errorf("Parse(Content()) = %s, %v", id, err)
	}
}

// What Parse accepts is written back to the same octets.
func FuzzParse(f *testing.F) {
	f.Add(SM3.Content())
	f.Add(PolicyPerson.Content())
	f.Add(bytes.Repeat([]byte{0x65}, maxContent)) // the longest text
	f.Add(bytes.Repeat([]byte{0x01}, maxContent+1))
	f.Fuzz(func(t *testing.T, b []byte) {
		id, err := Parse(b)
		if err != nil {
			return
		}
		if !Valid(string(id)) {
			t.Fatalf("%s is read but not valid", id)
		}
		if got := id.Content(); !bytes.Equal(got, b) {
			t.Errorf("%x read as %s, written as %x", b, id, got)
		}
		id.Marshal() // does not panic
	})
}
