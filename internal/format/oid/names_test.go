package oid

import "testing"

func TestLabelsStandForValidIdentifiersInBothLanguages(t *testing.T) {
	for id, l := range labels {
		if !Valid(string(id)) || l.ZH == "" || l.EN == "" {
			t.Errorf("%s: %+v", id, l)
		}
	}
	if _, ok := SZCAIDNumber.Label(); !ok {
		t.Error("the ID number's extension has no label")
	}
	if _, ok := ID("1.2.3").Label(); ok {
		t.Error("an unknown identifier has a label")
	}
}
