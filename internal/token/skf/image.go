package skf

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"xinzhang/internal/fault"
)

// platformOf tells for which system and machine a library is made, as
// "windows-386", by its head. The loaders of systems say less, or nothing.
func platformOf(path string) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fault.Wrap(fault.SKFLibraryAbsent, err, "library", path)
	}
	if err != nil {
		return "", fault.Wrap(fault.FileUnreadable, err, "file", path)
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 4)
	if _, err := f.ReadAt(head, 0); err != nil {
		return "", fault.Wrap(fault.SKFNotLibrary, err, "library", filepath.Base(path))
	}
	machine := ""
	switch {
	case bytes.HasPrefix(head, []byte(elf.ELFMAG)):
		if e, err := elf.NewFile(f); err == nil {
			machine = "linux-" + elfMachine(e)
		}
	case bytes.HasPrefix(head, []byte("MZ")):
		if p, err := pe.NewFile(f); err == nil {
			machine = "windows-" + named(p.Machine, map[uint16]string{pe.IMAGE_FILE_MACHINE_I386: "386", pe.IMAGE_FILE_MACHINE_AMD64: "amd64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64"})
		}
	default:
		if m, err := macho.NewFile(f); err == nil {
			machine = "darwin-" + named(m.Cpu, map[macho.Cpu]string{macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64"})
		}
	}
	if machine == "" {
		return "", fault.New(fault.SKFNotLibrary, "library", filepath.Base(path))
	}
	return machine, nil
}

func elfMachine(e *elf.File) string {
	if e.Machine == elf.EM_MIPS && e.Class == elf.ELFCLASS64 {
		return "mips64"
	}
	return named(e.Machine, map[elf.Machine]string{elf.EM_386: "386", elf.EM_X86_64: "amd64", elf.EM_ARM: "arm", elf.EM_AARCH64: "arm64", elf.EM_LOONGARCH: "loong64", elf.EM_RISCV: "riscv64"})
}

func named[K comparable](machine K, names map[K]string) string {
	if name, ok := names[machine]; ok {
		return name
	}
	return "unknown"
}

// hostProgram returns the program that can load a library of a platform. It stands
// beside this one, or in the folder that XINZHANG_SKF_HOST names; the variable may
// also name the host itself.
func hostProgram(platform, library string) (string, error) {
	if !slices.Contains(platforms(), platform) {
		return "", fault.New(fault.SKFLibraryForeign, "library", filepath.Base(library), "found", platform, "here", strings.Join(platforms(), ", "))
	}
	name := "xinzhang-skf-host"
	if platform != runtime.GOOS+"-"+runtime.GOARCH {
		name += "32"
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	program := os.Getenv("XINZHANG_SKF_HOST")
	if program == "" {
		self, err := os.Executable()
		if err != nil {
			return "", fault.Wrap(fault.SKFHostAbsent, err, "host", name)
		}
		program = filepath.Dir(self)
	}
	if info, err := os.Stat(program); err == nil && info.IsDir() {
		program = filepath.Join(program, name)
	}
	if _, err := os.Stat(program); err != nil {
		return "", fault.Wrap(fault.SKFHostAbsent, err, "host", program)
	}
	return program, nil
}
