package audit

import (
	"crypto/hmac"
	"fmt"
)

// Fault is a place where the chain does not hold.
type Fault struct {
	Seq  int64  `json:"seq"`
	What string `json:"what"`
}

// What a fault is.
const (
	// Missing: rows before this one are gone.
	Missing = "missing"
	// Changed: this row, or the one before it, is not as it was written.
	Changed = "changed"
	// CutOff: the chain ends before a row that was anchored.
	CutOff = "cut_off"
	// Forked: another row stands where one was anchored.
	Forked = "forked"
)

func (f Fault) String() string { return fmt.Sprintf("%d %s", f.Seq, f.What) }

const batch = 2000

// Each calls f with every row after seq, in order.
func Each(tx Tx, seq int64, f func(*Row) error) error {
	for {
		rows, err := tx.AuditAfter(seq, batch)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := f(&rows[i]); err != nil {
				return err
			}
			seq = rows[i].Seq
		}
		if len(rows) < batch {
			return nil
		}
	}
}

// Verify reads the whole chain and returns its head and where it does not
// hold. Marks are checkpoints from before: each must still be in the chain.
func Verify(tx Tx, marks ...Checkpoint) (head Checkpoint, faults []Fault, err error) {
	key := tx.Derive(Purpose)
	met := map[int64]bool{0: true}
	err = Each(tx, 0, func(r *Row) error {
		if r.Seq != head.Seq+1 {
			faults = append(faults, Fault{r.Seq, Missing})
		}
		if mac := r.mac(key, head.Hash); mac == nil || !hmac.Equal(r.Hash, mac) {
			faults = append(faults, Fault{r.Seq, Changed})
		}
		for _, m := range marks {
			if m.Seq != r.Seq {
				continue
			}
			met[m.Seq] = true
			if !hmac.Equal(m.Hash, r.Hash) {
				faults = append(faults, Fault{r.Seq, Forked})
			}
		}
		head = r.Checkpoint()
		return nil
	})
	for _, m := range marks {
		if !met[m.Seq] {
			faults = append(faults, Fault{m.Seq, CutOff})
		}
	}
	return head, faults, err
}
