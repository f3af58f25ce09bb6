// Package web is the door to a running Caunoi: the HTTP API, described as
// OpenAPI 3.1 at /api/openapi.json, the live stream, and the pages of the
// built UI.
//
// A handler gets who calls as an argument, asks the domain, and returns a
// value or an error; it knows no status codes. The one function that adds a
// route checks the right first and maps errors to problem+json (RFC 9457).
package web

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"caunoi/access"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/people"
	"caunoi/policy"
	"caunoi/store"
	"caunoi/tally"
)

// Version of the API; it moves when openapi.json does.
const Version = "1.0.0"

// Config is what a server needs.
type Config struct {
	Store  store.Store
	Intake *fieldsync.Intake
	Access access.Config
	// Policy is what this server knows of the law.
	Policy *policy.Parameters
	// Calculator is the public page; without Files there is none.
	Calculator Calculator
	// Field is the built field app; nil: there is none.
	Field fs.FS
	// Desk is the built console.
	Desk fs.FS
	Now  func() time.Time
	// PublicURL is where browsers find the server; passkeys hold there alone.
	PublicURL string
	// Pace of reading about people; the zero one is no limit.
	Pace Pace
	// Provider of identities by which users may sign in; nil: none.
	Provider *Provider
	// National answers whether identities are right; nil: nobody does.
	National people.Checker
	// Proxies are believed about who calls and whether by TLS.
	Proxies []netip.Prefix
	// NoHSTS keeps browsers from remembering that the server speaks TLS: with
	// a certificate of a trial, they would be locked out when it ends.
	NoHSTS bool
	Log    *slog.Logger
}

// Server answers requests; make it with [New].
type Server struct {
	Config
	api     huma.API
	mux     *http.ServeMux
	rules   []Rule
	figures tally.Kept
	boards  boardCache
	waits   waitCache
	flags   flagCache
	offices reviewed
	lists   lists
	offers  pending[access.Offer]
	logins  pending[login]
	streams streams
	paces   paces
	books   books
	door    *fieldsync.Admission
	// app is the build of the field app that is served; see [appOf].
	app string
	// closing ends streams, which would otherwise keep a server from stopping.
	closing chan struct{}
	once    sync.Once
}

// New makes a server over a store.
func New(cfg Config) *Server {
	s := &Server{Config: cfg, mux: http.NewServeMux(), door: fieldsync.NewAdmission(), app: appOf(cfg.Field), closing: make(chan struct{})}
	hc := huma.DefaultConfig("Caunoi", Version)
	hc.OpenAPIPath = "/api/openapi"
	hc.DocsPath, hc.SchemasPath = "", "" // its pages would load from elsewhere
	hc.CreateHooks = nil
	hc.Transformers = []huma.Transformer{translate}
	setErrors()
	hc.Info.Description = "Outreach and enrolment of a social-insurance agency: entries in, figures out."
	hc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: sessionCookie},
		"device":  {Type: "http", Scheme: "bearer"},
	}
	s.api = humago.New(s.mux, hc)
	s.api.UseMiddleware(s.identify)
	s.routes()
	s.mux.HandleFunc("GET /healthz", s.health)
	if cfg.Calculator.Files != nil {
		s.mux.Handle("/calculator/", s.calculator())
		s.mux.Handle("GET /calculator", http.RedirectHandler("/calculator/", http.StatusMovedPermanently))
	}
	if cfg.Field != nil {
		none := func(http.ResponseWriter, *http.Request, string) bool { return false }
		s.mux.Handle("/field/", seeing(s.offline("/field/", cfg.Field, none)))
		s.mux.Handle("GET /field", http.RedirectHandler("/field/", http.StatusMovedPermanently))
	}
	s.mux.Handle("/", s.pages())
	return s
}

// Handler is the whole server as one handler.
func (s *Server) Handler() http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse(w, r, journal.Refuse("request.other_site"))
	}))
	return s.recovered(behind(s.Proxies, s.headers(guard.Handler(s.mux))))
}

// Stop ends open streams, and imports at the end of a batch.
func (s *Server) Stop() {
	s.once.Do(func() { close(s.closing) })
	s.lists.work.Wait()
}

// OpenAPI is the description of the API.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

func (s *Server) routes() {
	register(s, public, recordsItself, huma.Operation{Method: "POST", Path: "/api/v1/session", Summary: "Sign in with a one-time link", Tags: []string{"access"}, Errors: []int{http.StatusGone}}, s.signIn)
	register(s, access.ViewBoard, namesNobody, huma.Operation{Method: "GET", Path: "/api/v1/session", Summary: "Who is signed in", Tags: []string{"access"}}, s.whoami)
	register(s, access.ViewBoard, recordsItself, huma.Operation{Method: "DELETE", Path: "/api/v1/session", Summary: "Sign out", Tags: []string{"access"}, DefaultStatus: 204}, s.signOut)
	register(s, access.ViewBoard, namesNobody, huma.Operation{Method: "GET", Path: "/api/v1/campaigns", Summary: "Campaigns", Tags: []string{"figures"}}, s.campaigns)
	register(s, access.ViewBoard, namesNobody, huma.Operation{Method: "GET", Path: "/api/v1/campaigns/{campaign}/board", Summary: "The live board of a campaign", Tags: []string{"figures"}}, s.board)
	register(s, access.ViewBoard, namesNobody, huma.Operation{Method: "GET", Path: "/api/v1/campaigns/{campaign}/stream", Summary: "Server-sent events: when figures changed, and when somebody spoke", Tags: []string{"figures"}}, s.stream)
	register(s, access.ViewEntries, "entries.read", huma.Operation{Method: "GET", Path: "/api/v1/campaigns/{campaign}/entries", Summary: "The entries behind a figure", Tags: []string{"figures"}}, s.entries)
	register(s, access.ViewEntries, "entry.read", huma.Operation{Method: "GET", Path: "/api/v1/campaigns/{campaign}/entries/{entry}", Summary: "One entry with its versions and where it counts", Tags: []string{"figures"}}, s.entry)
	s.pictureRoutes("figures")
	s.reviewRoutes()
	register(s, access.ViewEntries, "reviews.read", operation("GET", "/api/v1/campaigns/{campaign}/questions", "Questions whose promised answer is due", "figures"), s.questions)
	s.sentBackRoutes()
	s.closingRoutes()
	s.planningRoutes()
	s.targetRoutes()
	s.leagueRoutes()
	s.talkRoutes()
	register(s, access.ViewBoard, namesNobody, huma.Operation{Method: "GET", Path: "/api/v1/campaigns/{campaign}/report", Summary: "The report of a campaign", Tags: []string{"figures"}}, s.report)
	register(s, access.ViewBoard, namesNobody, operation("GET", "/api/v1/communes/people", "How many people live in communes: by the population that was given, else as many as the registry knows", "figures"), s.known)
	register(s, access.ViewBoard, namesNobody, huma.Operation{Method: "GET", Path: "/api/v1/boundaries", Summary: "The imported map, GeoJSON", Tags: []string{"plan"}}, s.boundaries)
	s.accountRoutes()
	s.passkeyRoutes()
	s.oidcRoutes()
	s.auditRoutes()
	s.peopleRoutes()
	s.pairRoutes()
	s.worklistRoutes()
	s.requestRoutes()
	s.userRoutes()
	s.unitRoutes()
	s.indicatorRoutes()
	s.deviceRoutes()
	s.helpRoutes()
	s.readinessRoutes()
	s.importRoutes()
	s.quoteRoutes()
	s.syncRoutes()
	s.tableRoutes()
}

// setErrors makes huma's own errors ours; it has no other place for that than
// a variable.
var setErrors = sync.OnceFunc(func() { huma.NewError = ofHuma })

// headers sets what every answer carries.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "camera=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store") // a handler may say otherwise
		}
		if r.TLS != nil && !s.NoHSTS {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// seeing lets the pages ask for the camera.
func seeing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Permissions-Policy", "camera=(self)")
		next.ServeHTTP(w, r)
	})
}

var errPanic = errors.New("panic")

// recovered turns a panic into an answer; where it was is in the log.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				s.Log.Error("panic", "path", r.URL.Path, "stack", string(debug.Stack())) // its text may name somebody
				refuse(w, r, errPanic)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	err := s.Store.View(r.Context(), func(tx store.Tx) error {
		_, err := tx.Position()
		return err
	})
	if err != nil {
		s.Log.Error("not healthy", "err", err)
		refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}
