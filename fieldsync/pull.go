package fieldsync

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/readiness"
	"caunoi/store"
	"caunoi/tally"
)

// What a phone is given of the plan.
const (
	MostActivities = 500
	daysBack       = 2  // activities that ended so long ago are still looked at
	daysUnclosed   = 7  // and those that nobody closed may still be
	daysAhead      = 21 // and those that begin until then be prepared
	daysToStart    = 30 // of campaigns
)

// Pulled is what a worker's phone needs to know to work without network, but
// for the people; see [Intake.Snapshot].
type Pulled struct {
	Epoch      string           `json:"epoch" doc:"this life of the server's data; after a new one, push again what you hold"`
	Now        time.Time        `json:"now" doc:"the server's clock"`
	Me         Worker           `json:"me"`
	Help       *HelpDesk        `json:"help,omitempty" doc:"whom to call; of the worker's office, or of the next above that has a number"`
	Seal       SealKey          `json:"seal"`
	Campaigns  []PulledCampaign `json:"campaigns" nullable:"false" doc:"of the worker's province, that run or begin within 30 days"`
	Communes   []PulledCommune  `json:"communes" nullable:"false" doc:"of the worker's office and of those below it; where these have none, of the province"`
	Activities []PulledActivity `json:"activities" nullable:"false" doc:"of the worker's office or with the worker, by start: at most 500"`
	Asked      []PulledQuestion `json:"asked,omitempty" doc:"what leads ask the worker about records, and wait to be answered: at most 50"`
	// Collecting is where people pay by transfer; see [CollectingAccount].
	Collecting *outreach.Account `json:"collecting,omitempty" doc:"the account to which people pay, where one is set"`
	// Rehearse is when a lead last asked those of the worker's activities to
	// rehearse; see [Intake.Rehearse].
	Rehearse *time.Time `json:"rehearse,omitempty" doc:"when a rehearsal was asked for: one of before it is not it"`
}

// Worker is whose phone it is.
type Worker struct {
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	Role     string       `json:"role"`
	Office   PulledOffice `json:"office"`
	Communes []string     `json:"communes" nullable:"false" doc:"codes of those whose people the worker sees"`
}

// HelpDesk is where workers are helped.
type HelpDesk struct {
	Name  string `json:"name" doc:"of the office"`
	Phone string `json:"phone"`
}

func helpDesk(plan *campaign.Plan, office string) *HelpDesk {
	for o := plan.Offices[office]; o != nil; o = plan.Offices[o.Parent] {
		if o.Phone != "" {
			return &HelpDesk{o.Name, o.Phone}
		}
	}
	return nil
}

// PulledOffice is an office by name.
type PulledOffice struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SealKey is the server's key, to which a phone seals what a rescue must open.
type SealKey struct {
	ID  string `json:"id" doc:"16 hexadecimal digits"`
	Key string `json:"key" doc:"the point on P-256, uncompressed, 65 bytes in base64"`
}

// PulledCampaign is a campaign of which entries can be.
type PulledCampaign struct {
	ID    string        `json:"id"`
	Name  campaign.Name `json:"name" doc:"by language"`
	Kind  campaign.Kind `json:"kind"`
	Start journal.Day   `json:"start"`
	End   journal.Day   `json:"end" doc:"its last day"`
}

// PulledCommune is a commune with how many its snapshot would hold.
type PulledCommune struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Office string `json:"office"`
	People int    `json:"people" doc:"how many its file would hold; 0 where the worker sees nobody"`
}

// PulledPlace is where an activity is held.
type PulledPlace struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Member is somebody of a team.
type Member struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// PulledActivity is an activity as its entries leave it.
type PulledActivity struct {
	ID        journal.ID            `json:"id" format:"uuid"`
	Campaign  string                `json:"campaign"`
	Kind      campaign.ActivityKind `json:"kind"`
	SubKind   string                `json:"sub_kind"`
	Office    string                `json:"office"`
	Commune   PulledPlace           `json:"commune"`
	Place     string                `json:"place"`
	Village   string                `json:"village"`
	Start     time.Time             `json:"start"`
	End       time.Time             `json:"end"`
	Status    campaign.Status       `json:"status" enum:"planned,moved,held,cancelled"`
	Reason    string                `json:"reason" doc:"why it was moved or cancelled"`
	MovedFrom *time.Time            `json:"moved_from" doc:"its first planned start, if it was moved"`
	Lead      string                `json:"lead"`
	LeadName  string                `json:"lead_name"`
	Team      []Member              `json:"team" nullable:"false"`
	Topics    []string              `json:"topics" nullable:"false"`
	HeadCount *int                  `json:"head_count"`
	Held      *PulledHeld           `json:"held" doc:"the head count that stands, if there is one"`
	Present   []PulledArrival       `json:"present" nullable:"false" doc:"who said that they are there, the first first"`
	Answers   []PulledAnswer        `json:"answers" nullable:"false" doc:"who said whether they come, by id"`
	Mine      bool                  `json:"mine" doc:"the worker leads it or is in its team"`
}

// PulledHeld is the entry whose head count stands.
type PulledHeld struct {
	ID     journal.ID `json:"id" format:"uuid" doc:"what a correction has to supersede"`
	Author Member     `json:"author" doc:"who counted"`
	May    bool       `json:"may" doc:"the worker may supersede it; else only its author or a lead of its office"`
}

// PulledArrival is somebody who came to a session.
type PulledArrival struct {
	Member
	At time.Time `json:"at"`
}

// PulledAnswer is what somebody last said about coming to a session.
type PulledAnswer struct {
	Member
	Coming bool      `json:"coming"`
	Reason string    `json:"reason" doc:"why not: work, personal, travel, other, or empty"`
	Stale  bool      `json:"stale" doc:"the session has another start by now"`
	At     time.Time `json:"at"`
}

// Tag names what was pulled, whenever that was: the same plan, the same tag.
func (p Pulled) Tag() (string, error) {
	p.Now = time.Time{}
	text, err := p.JSON()
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), err
}

// JSON writes it, the same each time.
func (p Pulled) JSON() ([]byte, error) { return json.Marshal(p, json.Deterministic(true)) }

// Pull gathers what the actor's phone needs, from one state of the store.
func (in *Intake) Pull(tx store.Tx, plan *campaign.Plan, actor access.Actor) (Pulled, error) {
	now := store.Micro(in.now())
	p := Pulled{Now: now, Seal: sealKey(tx), Me: Worker{
		ID: actor.ID, Name: actor.Name, Role: string(actor.Role),
		Office: PulledOffice{ID: actor.Office, Name: actor.Office},
	}}
	if o := plan.Offices[actor.Office]; o != nil {
		p.Me.Office.Name = o.Name
	}
	p.Help = helpDesk(plan, actor.Office)
	var err error
	if p.Epoch, err = tx.Epoch(); err != nil {
		return Pulled{}, err
	}
	if err := p.takeCommunes(tx, plan, actor, journal.DayOf(now)); err != nil {
		return Pulled{}, err
	}
	if p.Collecting, err = CollectingAccount(tx, plan, actor.Office); err != nil {
		return Pulled{}, err
	}
	if p.Asked, err = in.asked(tx, plan, actor.ID); err != nil {
		return Pulled{}, err
	}
	today := journal.DayOf(now)
	asked, err := tx.AskedFrom(today)
	if err != nil {
		return Pulled{}, err
	}
	province := access.ProvinceOf(actor.Office, plan)
	for _, c := range plan.Campaigns {
		if c.Province != province || c.Start > days(now, daysToStart) {
			continue
		}
		if c.End >= today {
			p.Campaigns = append(p.Campaigns, PulledCampaign{c.ID, c.Name, c.Kind, c.Start, c.End})
		}
		if c.End < days(now, -daysUnclosed) {
			continue
		}
		sessions, err := in.Sessions(tx, plan, c.ID)
		if err != nil {
			return Pulled{}, err
		}
		for _, a := range sessions {
			p.takeActivity(plan, a, now)
			if p.Me.ID == a.Lead || slices.Contains(a.Team, p.Me.ID) {
				p.takeAsked(asked, a)
			}
		}
	}
	slices.SortFunc(p.Campaigns, func(a, b PulledCampaign) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID))
	})
	p.cut()
	return p, nil
}

// days is the day so many days from now.
func days(now time.Time, n int) journal.Day { return journal.DayOf(now.AddDate(0, 0, n)) }

// sealKey is the public half of the key by which rescued outboxes open.
func sealKey(tx store.Tx) SealKey {
	point := tx.RescueKey().PublicKey().Bytes()
	sum := sha256.Sum256(point)
	return SealKey{hex.EncodeToString(sum[:8]), base64.StdEncoding.EncodeToString(point)}
}

// ListsOf are the communes whose people an actor's phone is to hold, each with
// how many they are.
func ListsOf(tx store.Tx, plan *campaign.Plan, actor access.Actor, today journal.Day) (map[string]int, error) {
	p := Pulled{}
	err := p.takeCommunes(tx, plan, actor, today)
	out := map[string]int{}
	for _, c := range p.Communes {
		if c.People > 0 {
			out[c.Code] = c.People
		}
	}
	return out, err
}

func (p *Pulled) takeCommunes(tx store.Tx, plan *campaign.Plan, actor access.Actor, today journal.Day) error {
	counts, err := tx.CountListed(people.ScopeOf(actor, access.ViewPeople, plan))
	if err != nil {
		return err
	}
	for _, c := range plan.Communes {
		office := plan.OfficeOf(c.Code, today)
		if !plan.HasOffice(actor.Office) || !plan.Under(office, actor.Office) || !actor.Sees(c.Code) {
			continue
		}
		// One that was merged is there for the people whom lists still have in it,
		// and for who works there alone.
		if !c.Stands(today) && counts[c.Code] == 0 && actor.Sees(plan.CodeOn(c.Code, today)) {
			continue
		}
		p.Communes = append(p.Communes, PulledCommune{c.Code, c.On(today).Name, office, counts[c.Code]})
		if access.May(actor, access.ViewPeople, office, plan) == nil {
			p.Me.Communes = append(p.Me.Communes, c.Code)
		}
	}
	if len(p.Communes) == 0 {
		p.takeAllCommunes(plan, actor, today)
	}
	slices.Sort(p.Me.Communes)
	slices.SortFunc(p.Communes, func(a, b PulledCommune) int { return cmp.Compare(a.Code, b.Code) })
	return nil
}

// takeAllCommunes gives those of the whole province to who works in an office
// that has none, such as a partner's: an entry says where it was recorded.
func (p *Pulled) takeAllCommunes(plan *campaign.Plan, actor access.Actor, today journal.Day) {
	province := access.ProvinceOf(actor.Office, plan)
	for _, c := range plan.CommunesOf(province, today) {
		if province != "" && actor.Sees(c.Code) {
			p.Communes = append(p.Communes, PulledCommune{c.Code, c.Name, c.Office, 0})
		}
	}
}

func (p *Pulled) takeActivity(plan *campaign.Plan, a *tally.Session, now time.Time) {
	mine := a.Lead == p.Me.ID || slices.Contains(a.Team, p.Me.ID)
	back := daysBack
	if s := a.Status(); s == campaign.StatusPlanned || s == campaign.StatusMoved {
		back = daysUnclosed
	}
	if !mine && a.Office != p.Me.Office.ID || journal.DayOf(a.End) < days(now, -back) || journal.DayOf(a.Start) > days(now, daysAhead) {
		return
	}
	v := PulledActivity{
		ID: a.ID, Campaign: a.Campaign, Kind: a.Kind, SubKind: a.SubKind, Office: a.Office, Commune: PulledPlace{a.Commune, a.Commune},
		Place: a.Place, Village: a.Village, Start: a.Start, End: a.End, Status: a.Status(), Reason: cmp.Or(a.CancelReason, a.MoveReason),
		Lead: a.Lead, Topics: a.Topics, Mine: mine,
	}
	if c := plan.CommuneOn(a.Commune, journal.DayOf(a.Start)); c != nil {
		v.Commune.Name = c.Name
	}
	if !a.MovedFrom.IsZero() {
		from := a.MovedFrom
		v.MovedFrom = &from
	}
	v.LeadName = memberOf(plan, a.Lead).Name
	for _, id := range a.Team {
		v.Team = append(v.Team, memberOf(plan, id))
	}
	for _, came := range a.Present {
		v.Present = append(v.Present, PulledArrival{memberOf(plan, came.Author), came.At.UTC()})
	}
	for _, said := range a.Answers {
		v.Answers = append(v.Answers, PulledAnswer{memberOf(plan, said.Author), said.Coming, said.Reason, said.Stale, said.At.UTC()})
	}
	if e, author, held := a.HeldEntry(); held {
		may := p.Me.ID == author || p.Me.ID == e.Author || plan.MayCorrect(p.Me.ID, e.Office) // the journal's rule
		v.Held = &PulledHeld{e.ID, memberOf(plan, author), may}
	}
	if n, held := a.HeadCount(); held {
		v.HeadCount = &n
	}
	p.Activities = append(p.Activities, v)
}

// takeAsked keeps when a rehearsal for an activity of the worker was asked for.
func (p *Pulled) takeAsked(asked []readiness.Asked, a *tally.Session) {
	for _, r := range asked {
		if r.Office == a.Office && journal.DayOf(a.Start) <= r.Day && r.Day <= journal.DayOf(a.End) && (p.Rehearse == nil || p.Rehearse.Before(r.At)) {
			p.Rehearse = &r.At
		}
	}
}

// memberOf is somebody by name, or by id where the plan knows none.
func memberOf(plan *campaign.Plan, id string) Member {
	if c := plan.Campaigners[id]; c != nil {
		return Member{id, c.Name}
	}
	return Member{id, id}
}

// cut keeps what a phone can hold: the worker's own activities before others,
// the earlier before the later.
func (p *Pulled) cut() {
	byStart := func(a, b PulledActivity) int { return cmp.Or(a.Start.Compare(b.Start), a.ID.Compare(b.ID)) }
	slices.SortFunc(p.Activities, func(a, b PulledActivity) int {
		if a.Mine != b.Mine {
			if a.Mine {
				return -1
			}
			return 1
		}
		return byStart(a, b)
	})
	p.Activities = p.Activities[:min(len(p.Activities), MostActivities)]
	slices.SortFunc(p.Activities, byStart)
}
