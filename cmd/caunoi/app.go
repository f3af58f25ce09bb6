package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"caunoi/access"
	"caunoi/fieldsync"
	"caunoi/policy/national"
	"caunoi/store"
	"caunoi/ui"
	"caunoi/web"
)

// App is a running Caunoi: a store with a server in front of it.
type App struct {
	Store  store.Store
	Intake *fieldsync.Intake
	Access access.Config

	web    *web.Server
	http   *http.Server
	tls    *transport // nil: plain HTTP
	listen net.Listener
	served chan error
}

// NewApp puts a server in front of a store. It answers nothing before Start.
func NewApp(s store.Store, cfg access.Config, log io.Writer, proxies ...netip.Prefix) *App {
	a := &App{Store: s, Intake: newIntake(s), Access: cfg, served: make(chan error, 1)}
	_, file := national.File()
	a.web = web.New(web.Config{
		Store: s, Intake: a.Intake, Access: cfg, Desk: ui.Desk(), Field: ui.Field(), Now: time.Now, Proxies: proxies, Pace: web.Pace{PerSecond: 2, Burst: 1000},
		Policy: national.Parameters(), Calculator: web.Calculator{Files: ui.Public(), Engine: ui.Engine(), Parameters: []string{file}},
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	a.http = &http.Server{
		Handler: a.web.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.web.Log.Handler(), slog.LevelWarn), // such as a phone that does not trust the certificate
	}
	return a
}

// Start listens on an address, HOST:PORT; port 0 takes a free one.
func (a *App) Start(addr string) (err error) {
	if a.listen, err = net.Listen("tcp", addr); err != nil {
		return spoken("cli.listen", "addr", addr, "why", err)
	}
	if a.web.PublicURL == "" {
		a.web.PublicURL = a.URL()
		if a.tls == nil {
			_, port, _ := net.SplitHostPort(a.listen.Addr().String())
			a.web.PublicURL = "http://localhost:" + port
		}
	}
	serve := a.http.Serve
	if a.tls != nil {
		a.http.TLSConfig = a.tls.config
		a.web.NoHSTS = a.tls.authority != ""
		serve = func(l net.Listener) error { return a.http.ServeTLS(l, "", "") }
	}
	go func() { a.served <- serve(a.listen) }()
	return nil
}

// URL is where the app answers: the address on which it listens or, since a
// certificate holds names, the first of these.
func (a *App) URL() string {
	if a.tls != nil {
		return a.tls.url(a.listen.Addr())
	}
	return "http://" + a.listen.Addr().String()
}

// hint is what else somebody has to do before phones find the app; "" if
// nothing.
func (a *App) hint() string {
	if a.tls == nil {
		return ""
	}
	return a.tls.hint(a.listen.Addr())
}

// Wait serves until ctx is done, then lets requests end and returns.
func (a *App) Wait(ctx context.Context) error {
	select {
	case err := <-a.served:
		return err
	case <-ctx.Done():
	}
	a.web.Stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := a.http.Shutdown(ctx)
	if served := <-a.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
