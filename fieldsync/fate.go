package fieldsync

import (
	"caunoi/access"
	"caunoi/journal"
	"caunoi/store"
)

// Fate is what became of an entry that a phone brought.
type Fate string

// The fates.
const (
	Counted  Fate = "counted"   // it adds to figures
	Late     Fate = "late"      // it adds to them beside what was closed
	Kept     Fate = "kept"      // it adds to none: it plans, corrects, or says what is no figure
	InReview Fate = "review"    // it adds to none until somebody has looked at it
	Replaced Fate = "replaced"  // it was corrected or withdrawn
	Waits    Fate = "waits"     // it is held back until what it names is here
	NoEffect Fate = "no_effect" // it is kept, but may not be what it claims
	Apart    Fate = "apart"     // it is kept apart until somebody decides
	Absent   Fate = "absent"    // it is not here, or of another author
)

// EntryFate is that of one entry. Reason is why it is for somebody to look at,
// as tally.Review has it; also what counts may be.
type EntryFate struct {
	Entry  journal.ID
	Fate   Fate
	Reason string
}

// FatesOf tells an actor what became of entries of their own, in the order of
// ids. It reads what was counted and counts nothing.
func (in *Intake) FatesOf(tx store.Tx, actor access.Actor, ids []journal.ID) ([]EntryFate, error) {
	had, err := tx.Headers(ids)
	if err != nil {
		return nil, err
	}
	var roots []journal.ID
	for _, st := range had {
		if st.Author == actor.ID && !st.Held() {
			roots = append(roots, st.Root)
		}
	}
	records, err := tx.Records(roots)
	if err != nil {
		return nil, err
	}
	replaced := map[journal.ID]bool{}
	for i := range records {
		if st := &records[i]; !st.Held() {
			replaced[st.Supersedes] = true
		}
	}
	contributions, err := tx.ContributionsOf(roots)
	if err != nil {
		return nil, err
	}
	fates := map[journal.ID]Fate{} // by record
	for _, k := range contributions {
		if k.Late() == 0 {
			fates[k.Root] = Counted
		} else if fates[k.Root] == "" {
			fates[k.Root] = Late
		}
	}
	reviews, err := tx.ReviewsOf(roots)
	if err != nil {
		return nil, err
	}
	reasons := map[journal.ID]string{}
	for _, r := range reviews {
		reasons[r.Root] = r.Reason
	}
	rows, err := tx.Quarantined(actor.ID)
	if err != nil {
		return nil, err
	}
	apart := map[journal.ID]bool{}
	for _, r := range rows {
		apart[r.Entry] = true
	}
	out := make([]EntryFate, len(ids))
	for i, id := range ids {
		st, here := had[id]
		f := EntryFate{Entry: id, Fate: Kept}
		switch {
		case apart[id]:
			f.Fate = Apart
		case !here || st.Author != actor.ID:
			f.Fate = Absent
		case st.Waiting == st.ID:
			f.Fate = NoEffect
		case st.Held():
			f.Fate = Waits
		case replaced[id]:
			f.Fate = Replaced
		case fates[st.Root] != "":
			f.Fate, f.Reason = fates[st.Root], reasons[st.Root]
		case reasons[st.Root] != "":
			f.Fate, f.Reason = InReview, reasons[st.Root]
		}
		out[i] = f
	}
	return out, nil
}
