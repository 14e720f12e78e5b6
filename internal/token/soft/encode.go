package soft

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm3"
)

// A copy of a token is a line with the kind, the version of the format and the
// SM3 of the rest, and the rest, JSON in one form only. A person can read which
// certificates are inside; nothing secret but the device key can be read.
const magic = "xinzhang-ukey 1 "

const headSize = len(magic) + 2*sm3.Size + 1

// capacity is how large a token may grow, in octets of its file; spare is room
// above it for what must never fail for want of room, such as counting a try.
const (
	capacity = 2 << 20
	spare    = 64 << 10
)

// maxRecords is above what [state.check] lets through: a file of many empty
// records must not grow a hundredfold while it is read.
const maxRecords = 8 * (8 + 3*maxContainers + maxFiles)

func encode(s *state) ([]byte, error) {
	body, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode token: %w", err)
	}
	sum := sm3.Sum(body)
	b := make([]byte, 0, headSize+len(body))
	b = append(b, magic...)
	b = hex.AppendEncode(b, sum[:])
	b = append(b, '\n')
	return append(b, body...), nil
}

// decode reads a copy. What it takes, encode writes to the same octets.
func decode(b []byte) (*state, error) {
	if len(b) > capacity+spare {
		return nil, errors.New("too long")
	}
	if len(b) < headSize || !bytes.HasPrefix(b, []byte(magic)) {
		return nil, errors.New("cut, or no token of this version")
	}
	body := b[headSize:]
	sum := sm3.Sum(body)
	if string(b[len(magic):headSize]) != hex.EncodeToString(sum[:])+"\n" {
		return nil, errors.New("checksum is wrong: cut or changed")
	}
	if bytes.Count(body, []byte("{")) > maxRecords {
		return nil, errors.New("too many records")
	}
	s := new(state)
	if err := json.Unmarshal(body, s); err != nil {
		return nil, err
	}
	if again, err := encode(s); err != nil || !bytes.Equal(again, b) {
		return nil, errors.Join(err, errors.New("not in the one form"))
	}
	return s, s.check()
}
