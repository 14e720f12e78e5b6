/*
 * fault.c: the switches. Each is NAME[@FUNCTION][#N[+]][=VALUE], with ; or a line
 * end behind it; they come from the environment (SKFCHAOS) and from the file
 * control in directory(), which is read again before every call.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "chaos.h"

struct clause {
	char name[32], function[48], value[96];
	long from, to; /* the calls it is for, counted from 1 by all processes */
	unsigned long long mark; /* of the file that counts them */
};

static struct clause clauses[64];
static int used;

/* directory is SKFCHAOS_DIR, or LIBRARY.d beside the library for those who clean
   the environment. */
const char *directory(void)
{
	static char beside[4096];
	const char *named = getenv("SKFCHAOS_DIR");
	if (named && *named)
		return named;
	Dl_info self;
	if (!beside[0] && dladdr((void *)directory, &self))
		snprintf(beside, sizeof beside, "%s.d", self.dli_fname);
	return beside;
}

static unsigned long long fnv(const char *s)
{
	unsigned long long h = 14695981039346656037ull;
	while (*s)
		h = (h ^ (unsigned char)*s++) * 1099511628211ull;
	return h;
}

static char *trim(char *s)
{
	s += strspn(s, " \t\r");
	for (size_t n = strlen(s); n && strchr(" \t\r", s[n - 1]);)
		s[--n] = 0;
	return s;
}

static void parse_clause(char *text)
{
	text = trim(text);
	if (!*text || *text == '-' || used == (int)(sizeof clauses / sizeof *clauses))
		return;
	struct clause *c = &clauses[used++];
	memset(c, 0, sizeof *c);
	c->mark = fnv(text);
	char *value = strchr(text, '=');
	if (value) {
		*value++ = 0;
		snprintf(c->value, sizeof c->value, "%s", trim(value));
	}
	char *count = strchr(text, '#');
	if (count) {
		*count++ = 0;
		c->from = c->to = strtol(count, &count, 10);
		if (*count == '+')
			c->to = -1;
	}
	char *function = strchr(text, '@');
	if (function) {
		*function++ = 0;
		snprintf(c->function, sizeof c->function, "%s", trim(function));
	}
	snprintf(c->name, sizeof c->name, "%s", trim(text));
}

static void parse(const char *text)
{
	char *copy = strdup(text), *rest = copy, *one;
	while (copy && (one = strsep(&rest, ";\n")) != NULL)
		parse_clause(one);
	free(copy);
}

static void reload(void)
{
	char path[4200], text[16384];
	used = 0;
	if (getenv("SKFCHAOS"))
		parse(getenv("SKFCHAOS"));
	snprintf(path, sizeof path, "%s/control", directory());
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	parse(text);
}

/* setting is the value of a switch that is for no function. */
const char *setting(const char *name, const char *otherwise)
{
	if (used == 0)
		reload();
	for (int i = used - 1; i >= 0; i--)
		if (!strcmp(clauses[i].name, name))
			return clauses[i].value;
	return otherwise;
}

/* is_due counts a call and asks whether it is one that the clause names. The
   count is the length of a file, to which every call adds an octet. */
static bool is_due(const struct clause *k)
{
	char path[4200];
	if (k->from == 0)
		return true;
	snprintf(path, sizeof path, "%s/count-%016llx", directory(), k->mark);
	int fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	long count = write(fd, ".", 1) == 1 ? (long)lseek(fd, 0, SEEK_CUR) : 0;
	close(fd);
	return count >= k->from && (k->to < 0 || count <= k->to);
}

/* aim finds the faults for a call. What names no function is for all but load. */
void aim(struct call *c)
{
	reload();
	for (int i = 0; i < used && c->actives < MAX_ACTIVE; i++) {
		struct clause *k = &clauses[i];
		bool here = *k->function ? !strcmp(k->function, c->function) || !strcmp(k->function, "*") : strcmp(c->function, "load") != 0;
		if (!here || !is_due(k))
			continue;
		struct active *a = &c->active[c->actives++];
		strcpy(a->name, k->name);
		strcpy(a->value, k->value);
	}
}

/* on returns the value of a fault ("" when it has none), NULL when it is off. */
const char *on(const struct call *c, const char *fault)
{
	for (int i = c->actives - 1; i >= 0; i--)
		if (!strcmp(c->active[i].name, fault))
			return c->active[i].value;
	return NULL;
}

/* number reads a decimal, or with 0x a hexadecimal number. */
long number(const char *value, long otherwise)
{
	return value && *value ? strtol(value, NULL, 0) : otherwise;
}

void crash(void)
{
	signal(SIGSEGV, SIG_DFL); /* of sanitizers and runtimes: the point is to die */
	raise(SIGSEGV);
	abort();
}

void hang(void)
{
	for (;;)
		pause();
}

static void sleep_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	nanosleep(&t, NULL);
}

static void *crash_later(void *after)
{
	sleep_ms((long)(intptr_t)after);
	crash();
}

static void ignore(int number) { (void)number; }

static void take_signals(void)
{
	static const int taken[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGTERM, SIGINT, SIGPIPE, SIGCHLD, SIGURG, SIGPROF};
	struct sigaction own = {.sa_handler = ignore}; /* no SA_ONSTACK, no SA_RESTART: as a careless library */
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		sigaction(taken[i], &own, NULL);
}

/* linger leaves a child that keeps every descriptor of the program open. */
static void linger(long seconds)
{
	pid_t child = fork();
	if (child == 0) {
		for (int s = 1; s < 32; s++)
			signal(s, SIG_DFL);
		sleep((unsigned)seconds);
		_exit(0);
	}
}

static void leak(long octets)
{
	volatile char *p = malloc((size_t)octets);
	for (long i = 0; p && i < octets; i += 4096)
		p[i] = 1;
}

static int overflow(int depth)
{
	volatile char frame[4096];
	frame[depth % 4096] = (char)depth;
	return depth < 0 ? 0 : overflow(depth + 1) + frame[depth % 7];
}

/* dialog is a PIN dialog of the library's own: it stays until somebody answers it. */
static void dialog(void)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/dialog-answered", directory());
	while (access(path, F_OK) != 0)
		sleep_ms(10);
}

/* at asks for a fault under its name, or with -late behind it after the work. */
static const char *at(const struct call *c, const char *fault, bool late)
{
	char name[40];
	snprintf(name, sizeof name, "%s%s", fault, late ? "-late" : "");
	return on(c, name);
}

static void disturb(const struct call *c, bool late)
{
	const char *v;
	if ((v = at(c, "print", late)))
		printf("%s\n", *v ? v : "[chaos] debug: PIN ok"), fflush(stdout);
	if ((v = at(c, "flood", late)))
		for (long i = number(v, 100000); i > 0; i--)
			fputs("[chaos] trace\n", stderr);
	if (at(c, "signals", late))
		take_signals();
	if ((v = at(c, "leak", late)))
		leak(number(v, 16 << 20));
	if ((v = at(c, "linger", late)))
		linger(number(v, 30));
	if (at(c, "close-output", late))
		close(STDOUT_FILENO);
	if (at(c, "dialog", late))
		dialog();
	if ((v = at(c, "thread-crash", late))) {
		pthread_t t;
		if (pthread_create(&t, NULL, crash_later, (void *)(intptr_t)number(v, 50)) == 0)
			pthread_detach(t);
	}
	if ((v = at(c, "slow", late)))
		sleep_ms(number(v, 1000));
}

/* misbehave does what is aimed at a call before its work, or after it. It returns
   the answer to give at once, or 0. */
ULONG misbehave(struct call *c, bool late)
{
	const char *v;
	disturb(c, late);
	if (at(c, "crash", late))
		crash();
	if (at(c, "abort", late))
		abort();
	if ((v = at(c, "exit", late)))
		exit((int)number(v, 0));
	if ((v = at(c, "quick-exit", late)))
		_exit((int)number(v, 0));
	if (at(c, "overflow", late))
		overflow(0);
	if (at(c, "hang", late))
		hang();
	if ((v = at(c, "remove", late))) {
		char names[8][MAX_DEVICE_NAME + 1];
		library_lock();
		for (size_t n = devices(names, 8); n > 0; n--)
			unplug(names[n - 1]);
		library_unlock();
		return *v ? (ULONG)strtoul(v, NULL, 16) : SAR_DEVICE_REMOVED;
	}
	if (at(c, "busy", late))
		return SAR_TIMEOUTERR;
	if (at(c, "vendor-code", late)) {
		uint8_t r;
		RAND_bytes(&r, 1);
		return SAR(0x33u + r % 0xC0u);
	}
	if ((v = at(c, "answer", late)))
		return (ULONG)strtoul(v, NULL, 16);
	return SAR_OK;
}

/* The faults of loading: crash@load, hang@load, print@load … */
__attribute__((constructor)) static void load(void)
{
	struct call *c = call_begin("load");
	library_unlock();
	free(c);
}
