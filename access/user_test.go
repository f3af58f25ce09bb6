package access_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"caunoi/access"
)

func TestSaveUser(t *testing.T) {
	set := func(change func(*access.User)) access.User {
		u := user(access.Campaigner, "sa-pa")
		u.ID = "new"
		change(&u)
		return u
	}
	byLead := access.Actor{User: lead}
	for _, c := range []struct {
		name  string
		actor access.Actor
		user  access.User
		want  string
	}{
		{"a campaigner, by the lead", byLead, set(func(*access.User) {}), ""},
		{"a lead, by the lead", byLead, set(func(u *access.User) { u.Role = access.Lead }), "right.missing"},
		{"elsewhere, by the lead", byLead, set(func(u *access.User) { u.Office = "bac-ha" }), "right.missing"},
		{"the lead's own rise", byLead, set(func(u *access.User) { u.ID, u.Role = lead.ID, access.Province }), "right.missing"},
		{"an administrator made small, by the lead", byLead, set(func(u *access.User) { u.ID = "administrator@" }), "right.missing"},
		{"an administrator without an office", admin, set(func(u *access.User) { u.Role, u.Office = access.Administrator, "" }), ""},
		{"a lead without an office", admin, set(func(u *access.User) { u.Role, u.Office = access.Lead, "" }), "user.office"},
		{"an office that is not", admin, set(func(u *access.User) { u.Office = "sa" }), "user.office"},
		{"a role that is not", admin, set(func(u *access.User) { u.Role = "boss" }), "user.role"},
		{"no id", admin, set(func(u *access.User) { u.ID = "" }), "user.missing"},
		{"no name", admin, set(func(u *access.User) { u.Name = "" }), "user.missing"},
		{"a long id", admin, set(func(u *access.User) { u.ID = strings.Repeat("đ", 101) }), "user.too_long"},
		{"a long name", admin, set(func(u *access.User) { u.Name = strings.Repeat("đ", 201) }), "user.too_long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, tx := office(t)
			before := m.users[c.user.ID]
			wantCode(t, access.SaveUser(tx, c.actor, plan, c.user, now), c.want)
			want := c.user
			if c.want != "" {
				want = before
			}
			if got := m.users[c.user.ID]; !reflect.DeepEqual(got, want) {
				t.Errorf("stored %+v, want %+v", got, want)
			}
		})
	}
}

func TestUsersListsWhomOneManages(t *testing.T) {
	_, tx := office(t)
	for _, c := range []struct {
		actor access.Actor
		want  []string
	}{
		{admin, []string{"administrator@", worker.ID, lead.ID}},
		{access.Actor{User: lead}, []string{worker.ID}},
		{access.Actor{User: worker}, nil},
	} {
		list, err := access.Users(tx, c.actor, plan)
		var got []string
		for _, u := range list {
			got = append(got, u.ID)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, %v; want %q", c.actor.ID, got, err, c.want)
		}
	}
}
