package web

import (
	"context"
	"maps"
	"slices"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
)

func (s *Server) userRoutes() {
	const tag = "access"
	register(s, access.ManageUsers, "users.listed", operation("GET", "/api/v1/users", "The users whom the caller manages", tag), s.users)
	register(s, access.ManageUsers, recordsItself, fresh(operation("POST", "/api/v1/users", "Add a user", tag)), s.addUser)
	register(s, access.ManageUsers, recordsItself, fresh(operation("PUT", "/api/v1/users/{user}", "Change a user's name, role, office or communes", tag)), s.changeUser)
	register(s, access.ManageUsers, recordsItself, fresh(operation("POST", "/api/v1/users/{user}/disabled", "Take a user out of service, or back", tag)), s.disableUser)
	register(s, access.ManageUsers, recordsItself, fresh(operation("POST", "/api/v1/users/{user}/links", "A one-time link to sign in a browser or to enrol a phone", tag)), s.linkUser)
	register(s, access.ManageUsers, recordsItself, fresh(operation("DELETE", "/api/v1/users/{user}/sessions", "Sign a user out everywhere", tag)), s.endSessions)
}

// UserFields are what is said of a user.
type UserFields struct {
	Name     string   `json:"name" minLength:"1" maxLength:"200"`
	Role     string   `json:"role" enum:"administrator,province,auditor,lead,partner_agent,campaigner"`
	Office   string   `json:"office" maxLength:"100" doc:"only an administrator may have none"`
	Communes []string `json:"communes" maxItems:"200" doc:"codes; whose people the user sees; none: those of all the office's communes"`
}

func (f *UserFields) user(id string) access.User {
	return access.User{ID: id, Name: f.Name, Role: access.Role(f.Role), Office: f.Office, Communes: f.Communes}
}

type managedUser struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Role     string      `json:"role" enum:"administrator,province,auditor,lead,partner_agent,campaigner"`
	Office   officeView  `json:"office"`
	Communes []placeView `json:"communes" nullable:"false" doc:"none: all of the office's"`
	Disabled bool        `json:"disabled"`
}

type usersOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Users    []managedUser `json:"users" nullable:"false"`
		Offices  []officeView  `json:"offices" nullable:"false" doc:"where the caller may add users"`
		Communes []homeView    `json:"communes" nullable:"false" doc:"of those offices"`
		Roles    []string      `json:"roles" nullable:"false" doc:"that the caller may give, the lowest first"`
	}
}

type homeView struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Office string `json:"office"`
}

func (s *Server) users(ctx context.Context, c Caller, _ *struct{}) (*usersOutput, error) {
	out := &usersOutput{CacheControl: "no-store"}
	out.Body.Users, out.Body.Offices, out.Body.Communes, out.Body.Roles = []managedUser{}, []officeView{}, []homeView{}, []string{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		today := journal.DayOf(s.Now())
		list, err := access.Users(tx, c.Actor, plan)
		for _, u := range list {
			v := managedUser{u.ID, u.Name, string(u.Role), officeView{u.Office, officeName(plan, u.Office)}, []placeView{}, u.Disabled}
			for _, code := range u.Communes {
				v.Communes = append(v.Communes, placeView{code, communeName(plan, code, today)})
			}
			out.Body.Users = append(out.Body.Users, v)
		}
		for _, id := range slices.Sorted(maps.Keys(plan.Offices)) {
			if plan.Offices[id].Works(today) && access.May(c.Actor, access.ManageUsers, id, plan) == nil {
				out.Body.Offices = append(out.Body.Offices, officeView{id, officeName(plan, id)})
			}
		}
		for _, code := range slices.Sorted(maps.Keys(plan.Communes)) {
			if o := plan.OfficeOf(code, today); plan.Communes[code].Stands(today) && access.May(c.Actor, access.ManageUsers, o, plan) == nil {
				out.Body.Communes = append(out.Body.Communes, homeView{code, communeName(plan, code, today), o})
			}
		}
		for _, role := range access.Roles {
			if access.MayManage(c.Actor, access.User{Role: role, Office: c.Office, Communes: c.Communes}, plan) == nil {
				out.Body.Roles = append(out.Body.Roles, string(role))
			}
		}
		return err
	})
	return out, err
}

type addUserInput struct {
	Body struct {
		ID string `json:"id" minLength:"1" maxLength:"100" doc:"of a field worker: that of the campaigner in the plan"`
		UserFields
	}
}

func (s *Server) addUser(ctx context.Context, c Caller, in *addUserInput) (*nothing, error) {
	return nil, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		return s.Intake.SaveUser(tx, c.Actor, plan, in.Body.user(in.Body.ID), access.AddUser)
	})
}

// UserInput names a user. (See [PersonRow].)
type UserInput struct {
	User string `path:"user" maxLength:"100"`
}

type changeUserInput struct {
	UserInput
	Body UserFields
}

func (s *Server) changeUser(ctx context.Context, c Caller, in *changeUserInput) (*nothing, error) {
	return nil, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		return s.Intake.SaveUser(tx, c.Actor, plan, in.Body.user(in.User), access.ChangeUser)
	})
}

type disableInput struct {
	UserInput
	Body struct {
		Disabled bool `json:"disabled"`
		Lost     bool `json:"lost,omitempty" doc:"the user's phones wipe themselves at once, instead of bringing first what they hold"`
	}
}

func (s *Server) disableUser(ctx context.Context, c Caller, in *disableInput) (*nothing, error) {
	return nil, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		return access.SetDisabled(tx, c.Actor, plan, in.User, in.Body.Disabled, in.Body.Lost, s.Now())
	})
}

type linkInput struct {
	UserInput
	Body struct {
		Phone bool `json:"phone" doc:"to enrol a phone instead of signing in a browser"`
	}
}

type linkOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Path    string    `json:"path" doc:"on this site; the token in it is told this once"`
		Expires time.Time `json:"expires"`
	}
}

func (s *Server) linkUser(ctx context.Context, c Caller, in *linkInput) (*linkOutput, error) {
	out := &linkOutput{CacheControl: "no-store"}
	err := s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		newLink, page := s.Access.NewLink, "/signin#"
		if in.Body.Phone {
			newLink, page = s.Access.NewPhoneLink, "/field/#enrol="
		}
		token, l, err := newLink(tx, c.Actor, plan, in.User, s.Now())
		out.Body.Path, out.Body.Expires = page+token, l.Expires
		return err
	})
	return out, err
}

func (s *Server) endSessions(ctx context.Context, c Caller, in *UserInput) (*nothing, error) {
	return nil, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		return access.SignOutAll(tx, c.Actor, plan, in.User, s.Now())
	})
}
