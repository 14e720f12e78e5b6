package skf

import (
	"errors"
	"fmt"
	"maps"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
)

// raw is how the number of an answer is told: vendors are asked by it.
func raw(code skf.Code) string { return fmt.Sprintf("0x%08X", uint32(code)) }

// answered words an answer of the library; nil for SAR_OK. args complete the
// texts. Whatever it becomes, the number stays in the argument raw.
func (s *session) answered(function string, code skf.Code, args ...any) error {
	if code == skf.OK {
		return nil
	}
	var e *fault.Error
	switch err := code.Err(args...); {
	case code == skf.NotSupportYet:
		e = fault.Wrap(fault.SKFUnsupported, code, "library", s.name, "function", function)
	case !errors.As(err, &e):
		e = fault.Wrap(fault.SKFFailed, code, "library", s.name, "function", function)
	}
	e.Args["raw"] = raw(code)
	return e
}

// as gives err, if it is of one of the codes from, the code to, and keeps the
// number that the library answered.
func as(err error, to fault.Code, from []fault.Code, args ...any) error {
	for _, code := range from {
		if !errors.Is(err, code) {
			continue
		}
		e := fault.Wrap(to, err, args...)
		if old := fault.Of(err).Args; old["raw"] != nil {
			maps.Copy(e.Args, fault.Args{"raw": old["raw"]})
		}
		return e
	}
	return err
}

// answer is the number behind err, SAR_OK when the library said none.
func answer(err error) skf.Code {
	var code skf.Code
	if errors.As(err, &code) {
		return code
	}
	return skf.OK
}

// garbled says that an answer makes no sense.
func (s *session) garbled(function string, err error) error {
	return fault.Wrap(fault.SKFGarbled, err, "library", s.name, "function", function)
}
