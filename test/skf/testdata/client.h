/* What both programs need: the library by name, checks, lines of hex. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "skf.h"

static void *library;

/* fn finds a function; every call of these programs goes through it. */
static void *fn(const char *name)
{
	void *f = dlsym(library, name);
	if (!f) {
		fprintf(stderr, "the library has no %s\n", name);
		exit(1);
	}
	return f;
}

/* The prototype of skf.h gives the type of the function that is looked up. */
#define CALL(f, ...) (((__typeof__(&f))fn(#f))(__VA_ARGS__))

#define WANT(code, call) \
	do { \
		ULONG got_ = (call); \
		if (got_ != (ULONG)(code)) { \
			fprintf(stderr, "%s:%d: %s answers 0x%08lX, want %s\n", __FILE__, __LINE__, #call, (unsigned long)got_, #code); \
			exit(1); \
		} \
	} while (0)
#define OK(call) WANT(SAR_OK, call)

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			exit(1); \
		} \
	} while (0)

static void open_library(const char *path)
{
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
}

/* say writes one line: a word and octets. */
static inline void say(const char *word, const void *octets, size_t n)
{
	const unsigned char *p = octets;
	printf("%s ", word);
	for (size_t i = 0; i < n; i++)
		printf("%02x", p[i]);
	printf("\n");
	fflush(stdout);
}

/* hear reads one line of hex into memory of exactly its size. */
static BYTE *hear(ULONG *n)
{
	static char line[1 << 16];
	if (!fgets(line, sizeof line, stdin)) {
		fprintf(stderr, "nothing to hear\n");
		exit(1);
	}
	size_t octets = strcspn(line, "\n") / 2;
	BYTE *out = malloc(octets ? octets : 1);
	for (size_t i = 0; i < octets; i++)
		sscanf(line + 2 * i, "%2hhx", &out[i]);
	*n = octets;
	return out;
}
