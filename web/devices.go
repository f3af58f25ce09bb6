package web

import (
	"context"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/quarantine"
	"caunoi/store"
)

func (s *Server) deviceRoutes() {
	const tag = "devices"
	register(s, public, recordsItself, operation("POST", "/api/v1/devices", "Enrol a phone with a one-time link", tag), s.enrol)
	register(s, access.Contact, namesNobody, operation("GET", "/api/v1/device", "How the calling phone stands, and whether it is to wipe itself", tag), s.device)
	register(s, access.Contact, recordsItself, operation("POST", "/api/v1/device/wiped", "The calling phone has wiped itself", tag), s.wiped)
	register(s, access.ManageUsers, "devices.listed", operation("GET", "/api/v1/devices", "The phones of the users whom the caller manages", tag), s.devices)
	register(s, access.ManageUsers, recordsItself, fresh(operation("PUT", "/api/v1/users/{user}/devices/{device}", "A phone is in use, leaving or lost", tag)), s.markDevice)
	register(s, access.ViewBoard, recordsItself, operation("PUT", "/api/v1/account/devices/{device}", "A phone of the caller's own is in use, leaving or lost", tag), s.markOwnDevice)
	register(s, access.ManageUsers, "quarantine.read", operation("GET", "/api/v1/quarantine", "What phones brought that they may not, and waits for a decision", tag), s.quarantined)
	register(s, access.ManageUsers, recordsItself, fresh(operation("POST", "/api/v1/users/{user}/devices/{device}/quarantine", "Take or drop what waits from a phone", tag)), s.decideQuarantine)
}

type enrolInput struct {
	Body struct {
		Token  string `json:"token" maxLength:"200" doc:"the part of the one-time link after #"`
		Device string `json:"device" minLength:"1" maxLength:"100" doc:"an id that the phone gives itself"`
		Name   string `json:"name" maxLength:"100" doc:"by which people know the phone"`
	}
}

type enrolOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Token string   `json:"token" doc:"with which the phone calls: Authorization: Bearer"`
		User  userView `json:"user"`
	}
}

func (s *Server) enrol(ctx context.Context, _ Caller, in *enrolInput) (*enrolOutput, error) {
	out := &enrolOutput{CacheControl: "no-store"}
	return out, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		who, err := s.Access.SignInPhone(tx, in.Body.Token, in.Body.Device, in.Body.Name, s.Now())
		if err == nil {
			out.Body.Token, out.Body.User = who.Token, viewUser(who.Actor, plan)
		}
		return err
	})
}

type contactOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		State string     `json:"state" enum:"in_use,leaving,lost" doc:"leaving: bring what is held, then wipe; lost: wipe at once"`
		Name  string     `json:"name"`
		Owner string     `json:"owner" doc:"the user's name"`
		Home  officeView `json:"office"`
		Now   time.Time  `json:"now" doc:"the server's clock"`
		Epoch string     `json:"epoch" doc:"this life of the server's data; after a new one, push again what you hold"`
	}
}

// phoneOf refuses who is no phone.
func phoneOf(c Caller) error {
	if c.Device == "" {
		return journal.Refuse("device.none")
	}
	return nil
}

func (s *Server) device(ctx context.Context, c Caller, _ *struct{}) (*contactOutput, error) {
	if err := phoneOf(c); err != nil {
		return nil, err
	}
	out := &contactOutput{CacheControl: "no-store"}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		d, err := tx.Device(c.ID, c.Device)
		b := &out.Body
		b.State, b.Name, b.Owner, b.Home, b.Now, b.Epoch = string(c.State), d.Name, c.Name, officeView{c.Office, officeName(plan, c.Office)}, s.Now().UTC(), c.epoch
		return err
	})
	return out, err
}

type wipedInput struct {
	Body struct {
		Unsent int `json:"unsent" minimum:"0" maximum:"1000000" doc:"records that could not be brought"`
	}
}

func (s *Server) wiped(ctx context.Context, c Caller, in *wipedInput) (*nothing, error) {
	if err := phoneOf(c); err != nil {
		return nil, err
	}
	return nil, s.Store.Update(ctx, func(tx store.Tx) error { return access.WipeDone(tx, c.Actor, in.Body.Unsent, s.Now()) })
}

type deviceView struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	User   personView `json:"user"`
	Office officeView `json:"office"`
	Made   time.Time  `json:"made"`
	Seen   *time.Time `json:"seen,omitempty" doc:"about when it last called"`
	State  string     `json:"state" enum:"in_use,leaving,lost,wiped"`
	Since  time.Time  `json:"since"`
	By     personView `json:"by" doc:"who set the state"`
	Unsent int        `json:"unsent" doc:"records that were lost with the wipe"`
	Apart  int        `json:"apart" doc:"entries that wait for a decision"`
	// What the phone's own count tells.
	Entries int   `json:"entries" doc:"that are in the journal"`
	Missing int64 `json:"missing" doc:"that never came, as the gaps in the phone's own count show"`
	// Help is what it last told of itself, where somebody asked for help.
	Help *helpAsked `json:"help,omitempty"`
}

type devicesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Devices []deviceView `json:"devices" nullable:"false"`
	}
}

func (s *Server) devices(ctx context.Context, c Caller, _ *struct{}) (*devicesOutput, error) {
	out := &devicesOutput{CacheControl: "no-store"}
	out.Body.Devices = []deviceView{}
	return out, s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		list, err := access.Devices(tx, c.Actor, plan)
		if err != nil {
			return err
		}
		apart, err := quarantine.List(tx, c.Actor, plan)
		if err != nil {
			return err
		}
		waiting := map[[2]string]int{}
		for _, r := range apart {
			waiting[[2]string{r.User, r.Device}]++
		}
		name, err := namesOf(tx, c.Actor, plan)
		if err != nil {
			return err
		}
		users, err := access.Users(tx, c.Actor, plan)
		if err != nil {
			return err
		}
		homes := map[string]string{}
		for _, u := range users {
			homes[u.ID] = u.Office
		}
		brought, err := broughtBy(tx, list, s.Now())
		if err != nil {
			return err
		}
		for _, d := range list {
			home, came := homes[d.User], brought[[2]string{d.User, d.ID}]
			v := deviceView{
				d.ID, d.Name,
				personView{d.User, name(d.User)},
				officeView{home, officeName(plan, home)},
				d.Made, nil,
				string(d.State), d.Since,
				personView{d.By, name(d.By)},
				d.Unsent, waiting[[2]string{d.User, d.ID}],
				came.Entries, came.Missing,
				nil,
			}
			if v.Help, err = viewHelp(d); err != nil {
				return err
			}
			if !d.Seen.IsZero() {
				v.Seen = &d.Seen
			}
			out.Body.Devices = append(out.Body.Devices, v)
		}
		return nil
	})
}

// broughtBy is what came of phones, by user and phone.
func broughtBy(tx store.Tx, phones []access.Device, now time.Time) (map[[2]string]store.Arrivals, error) {
	var users []string
	for _, d := range phones {
		if n := len(users); n == 0 || users[n-1] != d.User { // they are by user
			users = append(users, d.User)
		}
	}
	out := map[[2]string]store.Arrivals{}
	list, err := tx.Arrivals(users, now)
	for _, a := range list {
		out[[2]string{a.Author, a.Device}] = a
	}
	return out, err
}

// DeviceInput names a user's phone. (See [PersonRow].)
type DeviceInput struct {
	UserInput
	Device string `path:"device" maxLength:"100"`
}

// StateBody says how a phone stands. (See [PersonRow].)
type StateBody struct {
	State string `json:"state" enum:"in_use,leaving,lost"`
}

type markInput struct {
	DeviceInput
	Body StateBody
}

func (s *Server) markDevice(ctx context.Context, c Caller, in *markInput) (*nothing, error) {
	return nil, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		return access.MarkDevice(tx, c.Actor, plan, in.User, in.Device, access.DeviceState(in.Body.State), s.Now())
	})
}

type markOwnInput struct {
	Device string `path:"device" maxLength:"100"`
	Body   StateBody
}

func (s *Server) markOwnDevice(ctx context.Context, c Caller, in *markOwnInput) (*nothing, error) {
	return nil, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		return access.MarkDevice(tx, c.Actor, plan, c.ID, in.Device, access.DeviceState(in.Body.State), s.Now())
	})
}

type apartView struct {
	Entry    journal.ID  `json:"entry" format:"uuid"`
	User     personView  `json:"user"`
	Device   string      `json:"device"`
	Office   officeView  `json:"office"`
	Campaign string      `json:"campaign"`
	Kind     string      `json:"kind"`
	Day      journal.Day `json:"day" doc:"of the fact, as the phone says"`
	At       time.Time   `json:"received" doc:"when it came"`
	Reason   string      `json:"reason" doc:"the code of why it is kept apart"`
	Detail   string      `json:"detail"`
}

type quarantineOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Entries []apartView `json:"entries" nullable:"false"`
	}
}

func (s *Server) quarantined(ctx context.Context, c Caller, _ *struct{}) (*quarantineOutput, error) {
	out := &quarantineOutput{CacheControl: "no-store"}
	return out, s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		rows, err := quarantine.List(tx, c.Actor, plan)
		if err == nil {
			out.Body.Entries, err = viewApart(tx, plan, c, rows)
		}
		return err
	})
}

func viewApart(tx store.Tx, plan *campaign.Plan, c Caller, rows []quarantine.Row) ([]apartView, error) {
	out := []apartView{}
	if len(rows) == 0 {
		return out, nil
	}
	name, err := namesOf(tx, c.Actor, plan)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		out = append(out, apartView{
			r.Entry,
			personView{r.User, name(r.User)},
			r.Device,
			officeView{r.Office, officeName(plan, r.Office)},
			r.Campaign,
			r.Kind, r.Day, r.Received.At, r.Reason, words(c.Lang, &journal.Refusal{Code: r.Reason}),
		})
	}
	return out, nil
}

type decideApartInput struct {
	DeviceInput
	Body struct {
		Take    bool         `json:"take" doc:"false drops them for good"`
		Entries []journal.ID `json:"entries,omitempty" maxItems:"5000" doc:"none: all that wait from this phone"`
	}
}

type decideApartOutput struct {
	Body struct {
		Results []pushResult `json:"results" nullable:"false" doc:"one for each; what is refused goes on waiting"`
	}
}

func (s *Server) decideQuarantine(ctx context.Context, c Caller, in *decideApartInput) (*decideApartOutput, error) {
	out := &decideApartOutput{}
	return out, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		out.Body.Results = []pushResult{}
		outcomes, err := s.Intake.Release(tx, plan, c.Actor, in.User, in.Device, in.Body.Entries, in.Body.Take)
		for _, o := range outcomes {
			r := pushResult{ID: o.ID.String(), Status: o.Status}
			if o.Refusal != nil {
				r.Code, r.Params, r.Detail = o.Refusal.Code, o.Refusal.Params, words(c.Lang, o.Refusal)
			}
			out.Body.Results = append(out.Body.Results, r)
		}
		return err
	})
}
