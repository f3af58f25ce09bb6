package fieldsync

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/tally"
)

// SendBack asks the author of a record about the version of it that holds.
// Entries and rights are those of a push. Refusals: not_found where the actor
// may not see the record, sent_back.gone, sent_back.own, sent_back.waiting,
// sent_back.question, entry.names_other_kind, right.missing.
func (in *Intake) SendBack(ctx context.Context, actor access.Actor, campaignID string, entry journal.ID, question string) (id journal.ID, err error) {
	err = in.store.Update(ctx, func(tx store.Tx) error {
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		about, err := in.holding(tx, plan, actor, campaignID, entry)
		if err != nil {
			return err
		}
		had, err := in.SentBackAbout(tx, plan, about.Root)
		if err != nil {
			return err
		}
		switch {
		case about.Withdrawn != "":
			return journal.Refuse("sent_back.gone")
		case slices.ContainsFunc(had, func(s tally.SentBack) bool { return s.Answer == nil }):
			return journal.Refuse("sent_back.waiting") // two at once would be one answer
		}
		body := outreach.SentBackBody{Entry: about.ID, Question: strings.TrimSpace(question)}
		id, err = in.atDesk(tx, plan, actor, func(e *journal.Entry) {
			e.Campaign, e.Office, e.Commune = about.Campaign, about.Office, about.Commune
			e.Body, _ = json.Marshal(&body) // of our own type: cannot fail
		})
		return err
	})
	return id, err
}

// Unask takes a question back that the actor may take back, as its author or
// as a lead of the office. Refusals: not_found, supersede.not_yours and
// right.missing.
func (in *Intake) Unask(ctx context.Context, actor access.Actor, campaignID string, asks journal.ID) error {
	return in.store.Update(ctx, func(tx store.Tx) error {
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		old, err := in.holding(tx, plan, actor, campaignID, asks)
		if err != nil {
			return err
		}
		if old.Kind != outreach.SentBack.Name || old.Withdrawn != "" {
			return journal.Refuse("not_found", "what", asks.String())
		}
		_, err = in.atDesk(tx, plan, actor, func(e *journal.Entry) {
			e.Campaign, e.Office, e.Commune = old.Campaign, old.Office, old.Commune
			e.Supersedes, e.Withdrawn = old.ID, "desk"
		})
		return err
	})
}

// holding is the version of an entry's record that holds, which the actor sees.
func (in *Intake) holding(tx store.Tx, plan *campaign.Plan, actor access.Actor, campaignID string, id journal.ID) (tally.Placed, error) {
	missing := journal.Refuse("not_found", "what", id.String())
	st, ok, err := tx.ByID(id)
	if err != nil {
		return tally.Placed{}, err
	}
	if !ok || st.Held() || st.Campaign != campaignID ||
		access.May(actor, access.ViewEntries, st.Office, plan) != nil || !actor.Sees(st.Commune) {
		return tally.Placed{}, missing
	}
	record, err := tx.Records([]journal.ID{st.Root})
	if err != nil {
		return tally.Placed{}, err
	}
	for _, p := range tally.Place(plan, in.schema, nil, record) {
		if p.Holds {
			return p, nil
		}
	}
	return tally.Placed{}, missing
}

// atDesk appends one entry of [outreach.SentBack] that the actor may make.
func (in *Intake) atDesk(tx store.Tx, plan *campaign.Plan, actor access.Actor, set func(e *journal.Entry)) (journal.ID, error) {
	st, err := in.schema.AtDesk(outreach.SentBack, store.Micro(in.now()), actor.ID, plan, set)
	if err == nil {
		err = access.MayAuthor(actor, actor.User, &st.Entry, plan)
	}
	if err != nil {
		return st.ID, err
	}
	outcomes, err := in.Append(tx, plan, []journal.Stored{st})
	if err == nil && outcomes[0].Refusal != nil {
		err = outcomes[0].Refusal
	}
	return st.ID, err
}

// SentBackIn gathers the questions to authors of a campaign.
func (in *Intake) SentBackIn(tx store.Tx, plan *campaign.Plan, campaignID string) ([]tally.SentBack, error) {
	roots, err := tx.SentBack(campaignID, "")
	if err != nil {
		return nil, err
	}
	return in.sentBack(tx, plan, roots)
}

// SentBackAbout gathers the questions about one record.
func (in *Intake) SentBackAbout(tx store.Tx, plan *campaign.Plan, root journal.ID) ([]tally.SentBack, error) {
	ties, err := tx.TiedTo([]string{tally.RecordTie(root)})
	if err != nil {
		return nil, err
	}
	var roots []journal.ID
	for _, t := range ties {
		roots = append(roots, t.Root)
	}
	heads, err := tx.Headers(roots)
	if err != nil {
		return nil, err
	}
	roots = slices.DeleteFunc(roots, func(id journal.ID) bool { return heads[id].Kind != outreach.SentBack.Name })
	all, err := in.sentBack(tx, plan, roots)
	// A corrected question may have been about another record before.
	return slices.DeleteFunc(all, func(s tally.SentBack) bool { return s.About.Root != root }), err
}

// sentBack reads questions with the records that they are about.
func (in *Intake) sentBack(tx store.Tx, plan *campaign.Plan, roots []journal.ID) ([]tally.SentBack, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	entries, err := tx.Records(roots)
	if err != nil {
		return nil, err
	}
	var about []journal.ID
	for i := range entries {
		if !entries[i].Held() {
			about = append(about, entries[i].Refs...)
		}
	}
	slices.SortFunc(about, journal.ID.Compare)
	records, err := tx.Records(slices.Compact(about))
	if err != nil {
		return nil, err
	}
	return tally.SentBacks(plan, in.schema, append(entries, records...)), nil
}

// Question is the text of one that was opened; empty if it was erased.
func Question(st *journal.Stored) string {
	body, err := outreach.SentBack.Decode(&st.Entry)
	if err != nil {
		return ""
	}
	return body.(*outreach.SentBackBody).Question
}

// MostAsked is how many questions a phone is given, the oldest first.
const MostAsked = 50

// PulledQuestion is what a lead asks the worker about a record. The record
// comes with it, since the phone may have forgotten it, or be a new one.
type PulledQuestion struct {
	ID       journal.ID     `json:"id" format:"uuid" doc:"of the entry that asks"`
	By       Member         `json:"by"`
	At       time.Time      `json:"at"`
	Question string         `json:"question"`
	Entry    jsontext.Value `json:"entry" doc:"the record, which the answer supersedes"`
}

// asked are the questions to an author that wait for an answer, opened.
func (in *Intake) asked(tx store.Tx, plan *campaign.Plan, author string) (out []PulledQuestion, err error) {
	roots, err := tx.SentBack("", author)
	if err != nil {
		return nil, err
	}
	all, err := in.sentBack(tx, plan, roots)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s tally.SentBack) bool { return s.Answer != nil || s.About.Author != author })
	for _, s := range all[:min(len(all), MostAsked)] {
		both := []journal.Stored{s.Stored, s.About.Stored}
		if err := tx.Open(both); err != nil {
			return nil, err
		}
		if both[1].Erased {
			continue // nothing is left to answer by
		}
		text, err := json.Marshal(&both[1].Entry)
		if err != nil {
			return nil, err
		}
		out = append(out, PulledQuestion{s.ID, memberOf(plan, s.Author), s.Received.At.UTC(), Question(&both[0]), text})
	}
	return out, nil
}
