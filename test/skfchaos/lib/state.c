/*
 * state.c: the token in its file. Every call locks it, loads it, and stores what
 * it changed by writing a new file and renaming it: a process that dies in the
 * middle leaves the old token or the new one. Files of directory():
 *
 *	NAME.token  the token         NAME.lock  locked during a call
 *	NAME.gone   it is unplugged   control    switches, read before each call
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chaos.h"

static const char magic[8] = "chaos-1";
static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;

void library_lock(void) { pthread_mutex_lock(&library); }
void library_unlock(void) { pthread_mutex_unlock(&library); }

static void path_of(char *path, size_t n, const char *device, const char *suffix)
{
	snprintf(path, n, "%s/%s%s", directory(), device, suffix);
}

/* devices lists the tokens that the switch devices=A,B names. */
size_t devices(char names[][MAX_DEVICE_NAME + 1], size_t max)
{
	char list[512];
	size_t n = 0;
	snprintf(list, sizeof list, "%s", setting("devices", "CHAOS-1"));
	for (char *rest = list, *name; n < max && (name = strsep(&rest, ",")) != NULL;)
		if (*name && !strchr(name, '/'))
			snprintf(names[n++], MAX_DEVICE_NAME + 1, "%s", name);
	return n;
}

bool is_present(const char *device)
{
	char path[4096];
	path_of(path, sizeof path, device, ".gone");
	return access(path, F_OK) != 0;
}

void unplug(const char *device)
{
	char path[4096];
	path_of(path, sizeof path, device, ".gone");
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	kill_handles(device);
}

/* lock_token returns a descriptor whose closing unlocks, or -1. The library lock
   is let go while it waits, so that whoever holds the token can give it back. */
int lock_token(const char *device, long milliseconds)
{
	char path[4096];
	path_of(path, sizeof path, device, ".lock");
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (milliseconds == 0) {
			close(fd);
			return -1;
		}
		if (milliseconds > 0)
			milliseconds--;
		library_unlock();
		usleep(1000);
		library_lock();
	}
	return fd;
}

bool set_blob(struct blob *b, const void *data, size_t n)
{
	uint8_t *copy = calloc(1, n + 1);
	if (!copy)
		return false;
	if (data)
		memcpy(copy, data, n);
	free(b->data);
	b->data = copy;
	b->len = n;
	return true;
}

/* each_blob calls f for every part of the token that has a length of its own, in
   one order for loading, storing and freeing. */
static bool each_blob(struct token *t, bool (*f)(struct blob *, void *), void *context)
{
	for (uint32_t i = 0; i < t->apps; i++) {
		struct app *a = &t->app[i];
		for (uint32_t j = 0; j < a->containers; j++)
			if (!f(&a->container[j].sign.cert, context) || !f(&a->container[j].enc.cert, context))
				return false;
		for (uint32_t j = 0; j < a->files; j++)
			if (!f(&a->file[j].content, context))
				return false;
	}
	return true;
}

static bool forget(struct blob *b, void *context)
{
	(void)context;
	b->data = NULL;
	return true;
}

static bool read_blob(struct blob *b, void *from)
{
	if (b->len > MAX_FILE)
		return false;
	b->data = calloc(1, b->len + 1);
	return b->data && fread(b->data, 1, b->len, from) == b->len;
}

static bool write_blob(struct blob *b, void *to) { return fwrite(b->data ? (void *)b->data : "", 1, b->len, to) == b->len; }

void drop_blob(struct blob *b)
{
	free(b->data);
	*b = (struct blob){0};
}

static bool free_blob(struct blob *b, void *context)
{
	(void)context;
	drop_blob(b);
	return true;
}

void free_token(struct token *t) { each_blob(t, free_blob, NULL); }

/* blank is a token fresh from the factory. */
static void blank(struct token *t, const char *device)
{
	memset(t, 0, sizeof *t);
	memcpy(t->magic, magic, sizeof magic);
	snprintf(t->serial, sizeof t->serial, "SN-%.20s", device);
	snprintf(t->label, sizeof t->label, "%s", "Chaos UKey");
	char key[17];
	snprintf(key, sizeof key, "%-16.16s", setting("authkey", "1234567812345678"));
	memcpy(t->auth_key, key, sizeof t->auth_key);
	t->auth_left = MAX_TRIES;
	t->auth_epoch = 1;
}

bool load_token(struct call *c, const char *device)
{
	char path[4096];
	path_of(path, sizeof path, device, ".token");
	struct token *t = &c->token;
	FILE *f = fopen(path, "re");
	bool ok = true;
	if (!f) {
		ok = errno == ENOENT;
		blank(t, device);
	} else {
		ok = fread(t, sizeof *t, 1, f) == 1 && !memcmp(t->magic, magic, sizeof magic);
		if (ok) {
			each_blob(t, forget, NULL);
			ok = each_blob(t, read_blob, f);
		} else {
			blank(t, device);
		}
		fclose(f);
	}
	if (ok)
		snprintf(c->device, sizeof c->device, "%s", device);
	return ok;
}

bool save_token(struct call *c)
{
	char path[4096], next[4200];
	path_of(path, sizeof path, c->device, ".token");
	snprintf(next, sizeof next, "%s.new", path);
	FILE *f = fopen(next, "we");
	if (!f)
		return false;
	bool ok = fwrite(&c->token, sizeof c->token, 1, f) == 1 && each_blob(&c->token, write_blob, f);
	ok = fclose(f) == 0 && ok;
	if (on(c, "crash-save"))
		crash();
	ok = ok && rename(next, path) == 0;
	c->changed = c->changed && !ok;
	return ok;
}
