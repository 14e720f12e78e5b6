package skf

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
)

// A Profile is what we know of one vendor's library, as a file in vendors/ states
// it. The zero Profile fits a library that keeps to the standard.
type Profile struct {
	Name   string `yaml:"name"` // as in skf:NAME
	Title  Title  `yaml:"title"`
	Source string `yaml:"source"` // where the facts come from, in our words

	// Verified: it was tried with a real device of the vendor. Until then the
	// profile is what is written about it.
	Verified bool `yaml:"verified"`

	// Libraries are file names, the likeliest first, for "linux-amd64",
	// "windows-386" and so on.
	Libraries map[string][]string `yaml:"libraries"`
	// Folders are where the vendor's installer puts them, beside the system's.
	Folders map[string][]string `yaml:"folders"`
	// CSP is the name of the provider under whose key in the Windows registry the
	// value SKFImagePath names the library:
	// HKLM\SOFTWARE\Microsoft\Cryptography\Defaults\Provider\CSP.
	CSP []string `yaml:"csp"`

	Applications []string `yaml:"applications"` // that hold certificates, the likeliest first
	Hardware     bool     `yaml:"hardware"`     // keys are held by a chip

	// Layout is set where the probe must not decide: "narrow packed", "narrow
	// natural", "wide packed", "wide natural", each with " old" for a DEVINFO of
	// older headers.
	Layout string `yaml:"layout"`
	// Symbols are other names of functions.
	Symbols map[string][]string `yaml:"symbols"`
	// Signs is what SKF_ECCSignData takes: "digest" as the standard says, "data"
	// where the library hashes itself, "auto" (or nothing) to find out with the
	// first signature.
	Signs string `yaml:"signs"`
	// OwnPINDialog: the library may ask for the PIN in a window of its own, so that
	// a call takes as long as a person does.
	OwnPINDialog bool `yaml:"own_pin_dialog"`
	// OneKey: with two devices of this vendor plugged in the library mixes them up.
	OneKey bool `yaml:"one_key"`
	// Apart: the library keeps the security states of several connections to one
	// device apart, so that each application can have one of its own.
	Apart bool `yaml:"apart"`
	// DeviceName is what SKF_EnumDev lists: "serial", "drive" or "other".
	DeviceName string `yaml:"device_name"`
	// PIN lengths that the device takes; 0: those of package token.
	MinPIN int `yaml:"min_pin"`
	MaxPIN int `yaml:"max_pin"`
}

// A Title names a product for people.
type Title struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// Words returns the name in lang.
func (t Title) Words(lang fault.Lang) string {
	if lang == fault.ZH {
		return t.ZH
	}
	return t.EN
}

//go:embed vendors/*.yaml
var vendorFiles embed.FS

// Vendors returns the profiles of all vendors, in the order of their names.
func Vendors() []Profile {
	names, err := fs.Glob(vendorFiles, "vendors/*.yaml")
	if err != nil {
		panic(err) // of the program itself
	}
	var all []Profile
	for _, name := range names {
		b, err := vendorFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		p, err := parseProfile(b)
		if err != nil || p.Name+".yaml" != path.Base(name) {
			panic(fmt.Sprintf("%s: name %q, %v", name, p.Name, err))
		}
		all = append(all, p)
	}
	return all
}

// parseProfile reads a profile; what it does not know is refused.
func parseProfile(b []byte) (Profile, error) {
	var p Profile
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.DisallowUnknownField()).Decode(&p); err != nil {
		return p, err
	}
	switch {
	case p.Name == "" || p.Title.ZH == "" || p.Title.EN == "" || p.Source == "":
		return p, fmt.Errorf("profile %q: name, title and source are needed", p.Name)
	case !slices.Contains([]string{"", "auto", "digest", "data"}, p.Signs):
		return p, fmt.Errorf("profile %s: signs %q", p.Name, p.Signs)
	case !slices.Contains([]string{"", "serial", "drive", "other"}, p.DeviceName):
		return p, fmt.Errorf("profile %s: device_name %q", p.Name, p.DeviceName)
	}
	if _, ok := layoutNamed(p.Layout); p.Layout != "" && !ok {
		return p, fmt.Errorf("profile %s: layout %q", p.Name, p.Layout)
	}
	return p, nil
}

// vendor returns the profile of a vendor.
func vendor(name string) (Profile, error) {
	all := Vendors()
	var known []string
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
		known = append(known, p.Name)
	}
	return Profile{}, fault.New(fault.SKFVendorUnknown, "vendor", name, "known", strings.Join(known, ", "))
}

// vendorOf returns the profile in which a file of that name stands; the zero
// Profile when none does.
func vendorOf(file string) Profile {
	base := filepath.Base(file)
	for _, p := range Vendors() {
		for _, names := range p.Libraries {
			if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, base) }) {
				return p
			}
		}
	}
	return Profile{}
}

// platforms are those whose libraries can be loaded here; on 64-bit Windows also
// those of 32 bits, in a host of that width.
func platforms() []string {
	here := runtime.GOOS + "-" + runtime.GOARCH
	if runtime.GOOS == "windows" && runtime.GOARCH != "386" {
		return []string{here, "windows-386"}
	}
	return []string{here}
}

// find returns the path of the vendor's library.
func (p Profile) find() (string, error) {
	for _, file := range registered(p.CSP) {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file, nil
		}
	}
	var names []string
	for _, platform := range platforms() {
		for _, name := range p.Libraries[platform] {
			names = append(names, name)
			for _, folder := range append(slices.Clone(p.Folders[platform]), systemFolders()...) {
				file := filepath.Join(folder, name)
				if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
					return file, nil
				}
			}
		}
	}
	shown := strings.Join(names, ", ")
	if shown == "" {
		shown = p.Name
	}
	return "", fault.New(fault.SKFLibraryAbsent, "library", shown)
}

// systemFolders are where drivers are installed.
func systemFolders() []string {
	if runtime.GOOS == "windows" {
		root := os.Getenv("SystemRoot")
		return []string{filepath.Join(root, "System32"), filepath.Join(root, "SysWOW64")}
	}
	folders := filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))
	triplet := map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu", "loong64": "loongarch64-linux-gnu"}[runtime.GOARCH]
	return append(folders, "/usr/local/lib", filepath.Join("/usr/lib", triplet), filepath.Join("/lib", triplet), "/usr/lib64", "/lib64", "/usr/lib")
}

// aliases are other names under which the library may have a function.
func (p Profile) aliases(function string) []string {
	if function == "SKF_GetContainerType" { // so misspelt in several
		return append(slices.Clone(p.Symbols[function]), "SKF_GetContianerType")
	}
	return p.Symbols[function]
}

func (p Profile) pinLimits() (least, most int) {
	least, most = p.MinPIN, p.MaxPIN
	if least == 0 {
		least = defaultMinPIN
	}
	if most == 0 {
		most = defaultMaxPIN
	}
	return least, most
}

// layoutNamed reads the layout of a profile.
func layoutNamed(name string) (skf.Layout, bool) {
	name, old := strings.CutSuffix(name, " old")
	l := skf.Layout{Old: old}
	switch name {
	case "narrow packed":
	case "narrow natural":
		l.Natural = true
	case "wide packed":
		l.Wide = true
	case "wide natural":
		l.Wide, l.Natural = true, true
	default:
		return skf.Layout{}, false
	}
	return l, true
}
