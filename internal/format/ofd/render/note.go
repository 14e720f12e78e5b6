package render

import (
	"fmt"

	"xinzhang/internal/fault"
)

// A Note says what the picture does not show as the document means it.
type Note struct {
	Code  fault.Code `json:"code"`
	Args  fault.Args `json:"-"`
	Place string     `json:"place"` // part name and, where it has one, the object's ID
	Count int        `json:"count"` // how often on the page; Place is the first
}

// Hides reports whether content is missing from the picture. Other notes tell of
// content that looks different than its author saw it.
func (n Note) Hides() bool { return fault.Lookup(n.Code).Severity != "note" }

// Text words the note.
func (n Note) Text(lang fault.Lang) fault.Text { return n.Code.Text(lang, n.Args) }

// mostNotes is more than a reader wants to know about one page.
const mostNotes = 100

// notes gathers notes, equal ones once.
type notes struct {
	list []Note
	at   map[string]int
}

func (n *notes) add(place string, code fault.Code, kv ...any) {
	e := fault.New(code, kv...)
	n.put(Note{Code: code, Args: e.Args, Place: place, Count: 1})
}

func (n *notes) put(note Note) {
	key := fmt.Sprint(note.Code, note.Args)
	if i, ok := n.at[key]; ok {
		n.list[i].Count += note.Count
		return
	}
	if len(n.list) >= mostNotes {
		return
	}
	if n.at == nil {
		n.at = make(map[string]int)
	}
	n.at[key] = len(n.list)
	n.list = append(n.list, note)
}

func (n *notes) join(more []Note) {
	for _, note := range more {
		n.put(note)
	}
}

func (n *notes) all() []Note {
	if n.list == nil {
		return []Note{}
	}
	return n.list
}
