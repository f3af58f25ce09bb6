package journal

import (
	"time"

	"github.com/go-json-experiment/json"
)

// Desk is the device of what is recorded in the office.
const Desk = "desk"

// AtDesk makes an entry that somebody records in the office, where it is
// received as it is made; set fills what the kind needs. Errors are those of
// [Schema.Decode].
func (s *Schema) AtDesk(kind Kind, at time.Time, author string, places Places, set func(e *Entry)) (Stored, error) {
	e := Entry{
		ID: NewID(), Kind: kind.Name, Version: kind.Version, Author: author,
		Device: Desk, Seq: at.UnixMicro(), DeviceTime: at,
	}
	set(&e)
	raw, err := json.Marshal(&e)
	if err != nil {
		return Stored{}, err
	}
	st, err := s.Decode(raw, places)
	st.Received = Receipt{At: at, By: author}
	return st, err
}
