package web

import (
	"context"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/store"
)

func (s *Server) userRoutes() {
	register(s, access.ManageUsers, "users.listed", operation("GET", "/api/v1/users", "The users whom the caller manages", "access"), s.users)
}

type managedUser struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Role     string     `json:"role" enum:"administrator,province,auditor,lead,partner_agent,campaigner"`
	Office   officeView `json:"office"`
	Disabled bool       `json:"disabled"`
}

type usersOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Users []managedUser `json:"users" nullable:"false"`
	}
}

func (s *Server) users(ctx context.Context, c Caller, _ *struct{}) (*usersOutput, error) {
	out := &usersOutput{CacheControl: "no-store"}
	out.Body.Users = []managedUser{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		list, err := access.Users(tx, c.Actor, plan)
		for _, u := range list {
			out.Body.Users = append(out.Body.Users, managedUser{u.ID, u.Name, string(u.Role), officeView{u.Office, officeName(plan, u.Office)}, u.Disabled})
		}
		return err
	})
	return out, err
}
