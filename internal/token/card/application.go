package card

import (
	"context"
	"math"

	"xinzhang/internal/format/apdu"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// onlyApp reads a command whose data is an appID.
func (c *Card) onlyApp(cmd apdu.Command) (token.Application, error) {
	r := apdu.NewReader(cmd.Data)
	id := r.ID()
	if err := ended(r); err != nil {
		return nil, err
	}
	return c.table.app(id)
}

// fileApp reads the appID in P1 and P2.
func (c *Card) fileApp(cmd apdu.Command) (token.Application, error) {
	return c.table.app(apdu.ID{cmd.P1, cmd.P2})
}

func (c *Card) createApplication(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	a, sealed := r.NewApplication(), r.SealedSecret()
	if err := ended(r); err != nil {
		return nil, err
	}
	if max(a.AdminTries, a.UserTries) > token.Tries || !token.Rights(a.CreateFiles).Valid() {
		return nil, apdu.WrongData
	}
	values, err := c.secret(cmd, apdu.ID{}, sealed, 2)
	if err != nil {
		return nil, err
	}
	pins := pinsOf(values)
	defer clearPINs(pins)
	app, err := c.device.CreateApplication(ctx, token.ApplicationSpec{
		Name: a.Name, AdminPIN: pins[0], UserPIN: pins[1],
		AdminTries: int(a.AdminTries), UserTries: int(a.UserTries), CreateFiles: token.Rights(a.CreateFiles),
		KeepFirstPIN: true, // programs written for SKF know no first PIN that does not sign
	})
	if err != nil {
		return nil, err
	}
	return nil, app.Close()
}

func (c *Card) enumApplication(ctx context.Context, _ apdu.Command) ([]byte, error) {
	return names(c.device.Applications(ctx))
}

// names are an answer as SKF has it, so that drivers pass it on.
func names(list []string, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return skf.MarshalNames(list), nil
}

func (c *Card) deleteApplication(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	name := string(cmd.Data)
	if err := c.device.DeleteApplication(ctx, name); err != nil {
		return nil, err
	}
	c.table.dropApps(func(app token.Application) bool { return app.Name() == name })
	return nil, nil
}

// openApplication gives a new ID, on which nothing is verified.
func (c *Card) openApplication(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	if len(c.table.apps) >= maxApps {
		return nil, apdu.NoRoom
	}
	app, err := c.device.OpenApplication(ctx, string(cmd.Data))
	if err != nil {
		return nil, err
	}
	return apdu.MarshalOpened(c.table.openApp(app)), nil
}

func (c *Card) closeApplication(_ context.Context, cmd apdu.Command) ([]byte, error) {
	app, err := c.onlyApp(cmd)
	if err != nil {
		return nil, err
	}
	c.table.dropApps(func(other token.Application) bool { return other == app })
	return nil, nil
}

func (c *Card) createFile(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	app, err := c.fileApp(cmd)
	if err != nil {
		return nil, err
	}
	f, err := apdu.ParseFile(cmd.Data)
	read, write := token.Rights(f.Read), token.Rights(f.Write)
	switch {
	case err != nil:
		return nil, apdu.WrongLength
	case f.Size > apdu.MaxFile:
		return nil, apdu.NoRoom
	case !read.Valid() || !write.Valid():
		return nil, apdu.WrongData
	}
	return nil, app.CreateFile(ctx, token.FileInfo{Name: f.Name, Size: int(f.Size), Read: read, Write: write})
}

func (c *Card) deleteFile(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	app, err := c.fileApp(cmd)
	if err != nil {
		return nil, err
	}
	return nil, app.DeleteFile(ctx, string(cmd.Data))
}

func (c *Card) enumFiles(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	app, err := c.fileApp(cmd)
	if err != nil {
		return nil, err
	}
	files, err := app.Files(ctx)
	var list []string
	for _, f := range files {
		list = append(list, f.Name)
	}
	return names(list, err)
}

func (c *Card) getFileInfo(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	app, err := c.fileApp(cmd)
	if err != nil {
		return nil, err
	}
	files, err := app.Files(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Name == string(cmd.Data) {
			return apdu.File{Size: uint32(min(f.Size, math.MaxInt32)), Read: uint32(f.Read), Write: uint32(f.Write)}.MarshalInfo(), nil
		}
	}
	return nil, apdu.FileAbsent
}

// readFile gives up to Le octets.
func (c *Card) readFile(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	s := r.Span()
	if err := ended(r); err != nil {
		return nil, err
	}
	if cmd.Le == 0 || cmd.Le > apdu.MaxData {
		return nil, apdu.WrongLe
	}
	app, err := c.table.app(s.App)
	if err != nil {
		return nil, err
	}
	return app.ReadFile(ctx, s.Name, s.Offset, cmd.Le)
}

func (c *Card) writeFile(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	s := r.Span()
	data := r.Octets(r.Uint16())
	if err := ended(r); err != nil {
		return nil, err
	}
	app, err := c.table.app(s.App)
	if err != nil {
		return nil, err
	}
	return nil, app.WriteFile(ctx, s.Name, s.Offset, data)
}
