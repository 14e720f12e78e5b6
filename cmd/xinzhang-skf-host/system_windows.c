/* Windows, 32 and 64 bits. */
#include "host.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <windows.h>

static HANDLE in, out;
static HMODULE library;

_Noreturn void leave(int status)
{
	TerminateProcess(GetCurrentProcess(), (UINT)status); /* ExitProcess would run the library's DllMain */
	for (;;)
		;
}

/* The other side is gone: nobody waits for the call that may be under way. While
 * the loop reads, this waits for the pipe with it. */
static DWORD WINAPI watch(void *unused)
{
	DWORD waiting;
	(void)unused;
	while (PeekNamedPipe(in, NULL, 0, NULL, &waiting, NULL))
		Sleep(200);
	leave(0);
}

static HANDLE own(DWORD which)
{
	HANDLE copy, self = GetCurrentProcess();
	if (!DuplicateHandle(self, GetStdHandle(which), self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS))
		leave(NO_PIPE);
	return copy;
}

void guard_pipes(void)
{
	in = own(STD_INPUT_HANDLE);
	out = own(STD_OUTPUT_HANDLE);
	int null = _open("NUL", _O_RDWR); /* _dup2 of 0 and 1 sets the standard handles too */
	if (null < 0 || _dup2(null, 0) < 0 || _dup2(null, 1) < 0)
		leave(NO_PIPE);
	/* A crash ends the process; no box waits for somebody to press a button. */
	SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
	if (CreateThread(NULL, 0, watch, NULL, 0, NULL) == NULL)
		leave(NO_MEMORY);
}

int read_pipe(void *at, size_t n)
{
	while (n > 0) {
		DWORD got = 0;
		if (!ReadFile(in, at, (DWORD)n, &got, NULL) || got == 0)
			return -1;
		at = (char *)at + got;
		n -= got;
	}
	return 0;
}

int write_pipe(const void *at, size_t n)
{
	while (n > 0) {
		DWORD put = 0;
		if (!WriteFile(out, at, (DWORD)n, &put, NULL) || put == 0)
			return -1;
		at = (const char *)at + put;
		n -= put;
	}
	return 0;
}

int load_library(const char *path, char *reason, size_t size)
{
	wchar_t name[4096];
	if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, name, 4096) > 0)
		library = LoadLibraryExW(name, NULL, LOAD_WITH_ALTERED_SEARCH_PATH); /* its own folder comes first */
	if (library != NULL)
		return 0;
	snprintf(reason, size, "LoadLibrary: error %lu", GetLastError());
	return -1;
}

void *find_symbol(const char *name) { return library != NULL ? (void *)(uintptr_t)GetProcAddress(library, name) : NULL; }
