package access

import (
	"slices"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
)

// Right is something that a role may do in an office.
type Right string

const (
	// ViewBoard: figures, targets and the league, which name no person.
	ViewBoard Right = "view_board"
	// ViewEntries: the entries behind the figures.
	ViewEntries Right = "view_entries"
	// Push: bring entries of one's own.
	Push Right = "push"
	// Contact: a phone asks how it stands, and says that it wiped itself.
	Contact Right = "contact"
	// Bring: bring what somebody else recorded, from a shared or rescued phone.
	Bring Right = "bring"
	// JoinPersons: decide that two records speak of one person.
	JoinPersons Right = "join_persons"
	// AskBack: send a record back to its author with a question.
	AskBack Right = "ask_back"
	// CloseDay: confirm the figures of a day, or open them again.
	CloseDay Right = "close_day"
	// CloseCampaign: close the books of a campaign, or open them again.
	CloseCampaign Right = "close_campaign"
	// Import: the plan, lists, and entries with the receipts of another server.
	Import Right = "import"
	// ManageUsers: add and change users, sign them in and out; see [MayManage].
	ManageUsers Right = "manage_users"
	// ManageUnits: offices, communes, and what changes of them on which day.
	ManageUnits Right = "manage_units"
	// ViewAudit: who did and saw what.
	ViewAudit Right = "view_audit"
	// SetPolicy: what waits for a second person, deadlines, policy files.
	SetPolicy Right = "set_policy"
	// Approve: decide what waits for a second person.
	Approve Right = "approve"
	// ViewPeople: the registry and worklists, with names and numbers masked.
	ViewPeople Right = "view_people"
	// Reveal: open a person's fields in clear, for a purpose that is recorded.
	Reveal Right = "reveal"
	// EditPeople: add and change persons, and record their consent.
	EditPeople Right = "edit_people"
	// ImportPeople: take lists into the registry.
	ImportPeople Right = "import_people"
	// Assign: say who visits which village.
	Assign Right = "assign"
	// PlanActivities: plan, move and cancel the activities of an office.
	PlanActivities Right = "plan_activities"
	// ReadTalk: what offices asked and answered at their figures.
	ReadTalk Right = "read_talk"
	// Talk: ask and answer there.
	Talk Right = "talk"
	// Privacy: what a person may ask of us: a copy, correction, erasure.
	Privacy Right = "privacy"
)

// reach is how far a right goes from the actor's office.
type reach int

const (
	nowhere  reach = iota
	own            // the actor's office alone
	below          // that office and those under it
	home           // the whole province of that office
	anywhere       // all offices
)

// rights holds who may do what, and how far. The board is open to the whole
// province, because the league is a contest. So is pushing: campaigners are
// lent to other offices, and a true record is never turned away for that.
var rights = map[Right]map[Role]reach{
	ViewBoard:      {Campaigner: home, PartnerAgent: home, Lead: home, Auditor: home, Province: home, Administrator: anywhere},
	ViewEntries:    {Campaigner: own, PartnerAgent: own, Lead: below, Auditor: below, Province: below, Administrator: anywhere},
	Push:           {Campaigner: home, PartnerAgent: home, Lead: home, Province: home, Administrator: anywhere},
	Contact:        {Campaigner: home, PartnerAgent: home, Lead: home, Auditor: home, Province: home, Administrator: anywhere},
	Bring:          {Lead: below, Province: below, Administrator: anywhere},
	JoinPersons:    {Lead: below, Province: below},
	AskBack:        {Lead: below, Province: below},
	CloseDay:       {Lead: below, Province: below},
	CloseCampaign:  {Province: below},
	Import:         {Administrator: anywhere},
	ManageUsers:    {Lead: below, Province: below, Administrator: anywhere},
	ManageUnits:    {Province: below, Administrator: anywhere},
	ViewAudit:      {Auditor: below, Province: below, Administrator: anywhere},
	SetPolicy:      {Province: below, Administrator: anywhere},
	Approve:        {Lead: below, Province: below},
	ViewPeople:     {Campaigner: own, PartnerAgent: own, Lead: below, Province: below},
	Reveal:         {Campaigner: own, PartnerAgent: own, Lead: below, Province: below},
	EditPeople:     {Lead: below, Province: below},
	ImportPeople:   {Lead: below, Province: below, Administrator: anywhere},
	Assign:         {Lead: below, Province: below},
	PlanActivities: {Lead: below, Province: below, Administrator: anywhere},
	ReadTalk:       {Lead: below, Auditor: below, Province: below},
	Talk:           {Lead: below, Province: below},
	Privacy:        {Lead: below, Province: below, Administrator: anywhere},
}

// desk are the rights that no phone holds: phones get lost.
var desk = map[Right]bool{
	Import: true, ManageUsers: true, ManageUnits: true, ViewAudit: true, SetPolicy: true, Approve: true, ImportPeople: true, Privacy: true,
	ReadTalk: true, Talk: true,
}

// May returns nil if the actor holds the right in an office, else a
// *journal.Refusal with code right.missing and params right, role, office (its
// id) and office_name; or what a phone is told that is to be wiped, device.leaving
// or device.lost. The empty office stands for all offices together. An
// office that is not in the plan is out of reach for all but an administrator.
func May(actor Actor, right Right, office string, plan *campaign.Plan) error {
	if err := stands(actor, right); err != nil {
		return err
	}
	wiping := actor.State == Leaving || actor.State == Lost
	if actor.Disabled && !wiping || actor.Device != "" && desk[right] {
		return missing(actor, right, office, plan)
	}
	ok := false
	switch rights[right][actor.Role] {
	case own:
		ok = plan.HasOffice(office) && office == actor.Office
	case below:
		ok = within(office, actor.Office, plan)
	case home:
		ok = within(office, ProvinceOf(actor.Office, plan), plan)
	case anywhere:
		ok = true
	}
	if !ok {
		return missing(actor, right, office, plan)
	}
	return nil
}

// RightsOf lists the rights that the actor holds in the own office, by name.
func RightsOf(actor Actor, plan *campaign.Plan) (out []Right) {
	for right := range rights {
		if May(actor, right, actor.Office, plan) == nil {
			out = append(out, right)
		}
	}
	slices.Sort(out)
	return out
}

func missing(actor Actor, right Right, office string, plan *campaign.Plan) error {
	name := office
	// Another province's offices are not told by their names.
	if o := plan.Offices[office]; o != nil && (actor.Role == Administrator || within(office, ProvinceOf(actor.Office, plan), plan)) {
		name = o.Name
	}
	return journal.Refuse("right.missing",
		"right", string(right), "role", string(actor.Role), "office", office, "office_name", name)
}

func within(office, top string, plan *campaign.Plan) bool {
	return plan.HasOffice(office) && plan.HasOffice(top) && plan.Under(office, top)
}

// ProvinceOf is the nearest province office at or above an office; empty if
// there is none.
func ProvinceOf(office string, plan *campaign.Plan) string {
	for range plan.Offices { // a plan that was not checked may run in a circle
		o := plan.Offices[office]
		if o == nil || o.Kind == campaign.Province {
			break
		}
		office = o.Parent
	}
	if o := plan.Offices[office]; o == nil || o.Kind != campaign.Province {
		return ""
	}
	return office
}

// MayAuthor says whether an entry, decoded by the schema, may be taken from
// the actor, who was then on the day of the fact. Of one's own entries that
// day decides; another author's entry is taken from who may [Bring] it now.
// Whoever brings a closing, a re-opening, a join or a question to an author
// must hold that right then and now, since it bears on the work of others. Who may supersede what is the
// journal's rule.
//
// An import by who holds [Import] does not ask: there the entries were taken
// before, by another server.
func MayAuthor(actor Actor, then User, entry *journal.Entry, plan *campaign.Plan) error {
	c := plan.Campaigns[entry.Campaign]
	if c == nil {
		return journal.Refuse("entry.unknown_campaign", "campaign", entry.Campaign)
	}
	by, right := actor, Bring
	if entry.Author == actor.ID {
		by, right = Actor{User: then, Device: actor.Device}, Push
	}
	if err := May(by, Push, c.Province, plan); err != nil {
		return err
	}
	if err := May(by, right, entry.Office, plan); err != nil {
		return err
	}
	for _, a := range []Actor{by, actor} {
		var err error
		switch entry.Kind {
		case outreach.PersonsJoined.Name: // its withdrawal too, which parts them
			err = May(a, JoinPersons, entry.Office, plan)
		case outreach.SentBack.Name: // its office is that of the record
			err = May(a, AskBack, entry.Office, plan)
		case outreach.Closing.Name, outreach.Reopening.Name:
			err = mayClose(a, entry, c, plan)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func mayClose(actor Actor, entry *journal.Entry, c *campaign.Campaign, plan *campaign.Plan) error {
	body, err := outreach.Closing.Decode(entry) // re-openings have the same body
	if err != nil {
		return err
	}
	if body.(*outreach.ClosingBody).Scope == "day" {
		return May(actor, CloseDay, entry.Office, plan)
	}
	// The campaign says whose it is; the entry could name any office.
	return May(actor, CloseCampaign, c.Province, plan)
}

// MayManage says whether the actor may add or change this user, and sign the
// user in or out: it takes [ManageUsers] in the user's office and a role above
// the user's, so that nobody hands out more than they have. Administrators
// manage each other.
func MayManage(actor Actor, u User, plan *campaign.Plan) error {
	if err := May(actor, ManageUsers, u.Office, plan); err != nil {
		return err
	}
	if actor.Role != Administrator && !actor.Role.above(u.Role) {
		return missing(actor, ManageUsers, u.Office, plan)
	}
	for _, code := range u.Communes {
		if !actor.Sees(code) {
			return missing(actor, ManageUsers, u.Office, plan)
		}
	}
	if len(actor.Communes) > 0 && len(u.Communes) == 0 {
		return missing(actor, ManageUsers, u.Office, plan)
	}
	return nil
}

// Today adds, to the communes to which an actor is narrowed, what has become part
// of them by a day.
func (a Actor) Today(plan *campaign.Plan, day journal.Day) Actor {
	var all []string
	for _, code := range a.Communes {
		all = append(all, plan.PartsOf(code, day)...)
	}
	slices.Sort(all)
	a.Communes = slices.Compact(all)
	return a
}

// Sees says whether the communes of the actor, where they are narrowed, hold
// this one.
func (a Actor) Sees(commune string) bool {
	return len(a.Communes) == 0 || slices.Contains(a.Communes, commune)
}
