/* Linux and other systems with dlopen. */
#define _GNU_SOURCE
#include "host.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static int in, out;
static void *library;

_Noreturn void leave(int status) { _exit(status); }

/* The other side is gone: nobody waits for the call that may be under way. */
static void *watch(void *unused)
{
	struct pollfd p = {in, 0, 0};
	(void)unused;
	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
	leave(0);
}

void guard_pipes(void)
{
	pthread_t thread;
	in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	int null = open("/dev/null", O_RDWR);
	if (in < 0 || out < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		leave(NO_PIPE);
	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* a crash during SKF_VerifyPIN leaves no PIN on the disk */
	if (pthread_create(&thread, NULL, watch, NULL) != 0)
		leave(NO_MEMORY);
}

int read_pipe(void *at, size_t n)
{
	while (n > 0) {
		ssize_t got = read(in, at, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		at = (char *)at + got;
		n -= (size_t)got;
	}
	return 0;
}

int write_pipe(const void *at, size_t n)
{
	while (n > 0) {
		ssize_t put = write(out, at, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return -1;
		at = (const char *)at + put;
		n -= (size_t)put;
	}
	return 0;
}

int load_library(const char *path, char *reason, size_t size)
{
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library != NULL)
		return 0;
	snprintf(reason, size, "%s", dlerror());
	return -1;
}

void *find_symbol(const char *name) { return library != NULL ? dlsym(library, name) : NULL; }
