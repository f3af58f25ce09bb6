//go:build unix

package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// keep runs a server until its input ends, which is when this process does,
// however it ends; then it removes the data.
const keep = `
trap '' INT TERM HUP
"$1/postgres" -D "$2/data" -c config_file="$2/conf" >"$2/log" 2>&1 &
cat >/dev/null
kill -QUIT $! && wait $!
cd / && rm -rf "$2"
`

// conf keeps what the start-up check of the store asks for. The data are in
// memory where there is a place for it.
const conf = `
listen_addresses = '127.0.0.1'
port = %d
unix_socket_directories = ''
fsync = on
full_page_writes = on
synchronous_commit = on
max_connections = 200
deadlock_timeout = 200ms
timezone = 'UTC'
logging_collector = off
data_directory = '%s/data'
hba_file = '%s/data/pg_hba.conf'
ident_file = '%s/data/pg_ident.conf'
`

// start starts a server and returns its URL.
func start() (string, error) {
	bin, err := programs()
	if err != nil {
		return "", err
	}
	as, err := owner()
	if err != nil {
		return "", err
	}
	dir, err := folder(as)
	if err != nil {
		return "", err
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "caunoi", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr, initdb.Stdout, initdb.Stderr = dir, as, &out, &out
	if err := initdb.Run(); err != nil {
		return "", fmt.Errorf("initdb: %w: %s", err, out.String())
	}
	if err := os.WriteFile(filepath.Join(dir, "conf"), fmt.Appendf(nil, conf, port, dir, dir, dir), 0o644); err != nil {
		return "", err
	}
	keeper := exec.Command("sh", "-c", keep, "sh", bin, dir)
	keeper.Dir, keeper.SysProcAttr = dir, as
	if _, err := keeper.StdinPipe(); err != nil {
		return "", err
	}
	if err := keeper.Start(); err != nil {
		return "", err
	}
	go func() { _ = keeper.Wait() }() // holds its input open
	url := fmt.Sprintf("postgres://caunoi@127.0.0.1:%d/postgres?sslmode=disable", port)
	if err := answers(url); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		return "", fmt.Errorf("PostgreSQL does not start: %w: %s", err, log)
	}
	return url, nil
}

// programs finds the folder of initdb and postgres.
func programs() (string, error) {
	var places []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			places = append(places, filepath.Dir(path))
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(found) // the newest first
	for _, dir := range append(places, found...) {
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("PostgreSQL is not installed: apt-get install postgresql, or set CAUNOI_TEST_PG to the URL of a server")
}

// owner is who runs the server: this user, or where that is root, which
// PostgreSQL refuses, the user postgres or nobody.
func owner() (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// folder makes a folder for the server, in memory if there is a place for it.
func folder(as *syscall.SysProcAttr) (string, error) {
	const pattern = "caunoi-pgtest-"
	dir, err := os.MkdirTemp("/dev/shm", pattern)
	if err != nil {
		if dir, err = os.MkdirTemp("", pattern); err != nil {
			return "", err
		}
	}
	if as == nil {
		return dir, nil
	}
	return dir, os.Chown(dir, int(as.Credential.Uid), int(as.Credential.Gid))
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// answers waits until the server takes connections.
func answers(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
