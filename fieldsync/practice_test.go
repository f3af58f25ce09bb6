package fieldsync_test

import (
	"encoding/json"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/store/storetest"
)

// What was recorded for practice is refused by either of its marks, whoever
// brings it and however, and nothing of it is kept.
func TestWhatWasPractisedNeverCounts(t *testing.T) {
	in, s := intake(t)
	m := storetest.NewMaker()
	by := map[string]journal.Line{}
	for _, mark := range []string{"campaign", "device", "both"} {
		l := m.Consult("ann", storetest.At(9, 9), storetest.Citizen(1), journal.ID{})
		if mark != "device" {
			l.Entry.Campaign = journal.Practice
		}
		if mark != "campaign" {
			l.Entry.Device = journal.Practice + "-1"
		}
		by[mark] = l
	}
	plan, err := in.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lost := ann
	lost.State = access.Lost
	const refused = "refused entry.practice"
	for mark, l := range by {
		text, err := json.Marshal(l.Entry)
		if err != nil {
			t.Fatal(err)
		}
		said := func(o journal.Outcome) string {
			if o.Refusal == nil {
				return string(o.Status)
			}
			return string(o.Status) + " " + o.Refusal.Code
		}
		for _, actor := range []access.Actor{ann, lea, lost} {
			got, err := in.Push(t.Context(), actor, plan, fieldsync.Batch{Entries: []jsontext.Value{text}})
			if err != nil || len(got) != 1 || said(got[0]) != refused {
				t.Errorf("%s, pushed by %s: %v, %v", mark, actor.ID, got, err)
			}
		}
		if got := said(storetest.Import(t, in, l)[0].Outcome); got != refused {
			t.Errorf("%s, imported: %s", mark, got)
		}
		if got := rescue(t, in, lea, sealed(t, pull(t, in, s, ann).Seal, "ann", "máy", l)); got != refused {
			t.Errorf("%s, rescued: %s", mark, got)
		}
	}
	if got := rescue(t, in, lea, sealed(t, fieldsync.SealKey{ID: "practice", Key: pull(t, in, s, ann).Seal.Key}, "practice", "practice-1", by["both"])); got != "entry.practice" {
		t.Errorf("the outbox of a phone of practice: %s", got)
	}
	err = s.View(t.Context(), func(tx store.Tx) error {
		apart, err := tx.Quarantined("")
		if err != nil || len(apart) > 0 {
			t.Errorf("kept apart: %v, %v", apart, err)
		}
		return tx.Scan(func(st journal.Stored) error {
			t.Errorf("entry %s of campaign %s from %s is in the journal", st.ID, st.Campaign, st.Device)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// No plan can make the campaign of practice a real one.
func TestPracticeIsNoCampaignOfAPlan(t *testing.T) {
	it := campaign.Item{Campaign: &campaign.Campaign{ID: journal.Practice, Kind: campaign.Festival, Name: campaign.Name{"vi": "Đợt"}, Province: "p", Start: "2025-11-01", End: "2025-11-10"}}
	line, err := it.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := campaign.DecodeItem(line); err == nil || err.Error() != "plan.practice" {
		t.Errorf("got %v, want plan.practice", err)
	}
}
