/* file.c: 7.4, the files of an application and their rights. */
#include <string.h>

#include "chaos.h"

static bool allows(struct call *c, const struct app *a, const struct handle *h, uint32_t rights)
{
	return rights == SECURE_ANYONE || ((rights & SECURE_USER) && is_verified(c, a, h, USER_TYPE)) ||
		((rights & SECURE_ADMIN) && is_verified(c, a, h, ADMIN_TYPE));
}

static bool is_right(ULONG r) { return r == SECURE_ANYONE || !(r & ~(ULONG)(SECURE_ADMIN | SECURE_USER)); }

static struct file *file_named(struct app *a, const char *name)
{
	for (uint32_t i = 0; name && i < a->files; i++)
		if (!strcmp(a->file[i].name, name))
			return &a->file[i];
	return NULL;
}

static ULONG create_file(struct call *c, HAPPLICATION h, const char *name, ULONG size, ULONG read, ULONG write)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	if (!allows(c, a, app, a->create_files))
		return SAR_USER_NOT_LOGGED_IN;
	if (!name || !*name || strlen(name) > MAX_FILE_NAME)
		return SAR_NAMELENERR;
	if (!is_right(read) || !is_right(write))
		return SAR_INVALIDPARAMERR;
	if (file_named(a, name))
		return SAR_FILE_ALREADY_EXIST;
	if (a->files == MAX_FILES || size > MAX_FILE)
		return SAR_NO_ROOM;
	struct file f = {.read = (uint32_t)read, .write = (uint32_t)write};
	strcpy(f.name, name);
	if (!set_blob(&f.content, NULL, (size_t)size))
		return SAR_MEMORYERR;
	a->file[a->files++] = f;
	c->changed = true;
	return SAR_OK;
}

ULONG SKF_CreateFile(HAPPLICATION hApp, LPSTR szFileName, ULONG ulFileSize, ULONG ulReadRights, ULONG ulWriteRights)
{
	RUN(create_file(c, hApp, szFileName, ulFileSize, ulReadRights, ulWriteRights));
}

static ULONG delete_file(struct call *c, HAPPLICATION h, const char *name)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	struct file *f = file_named(a, name);
	if (!f)
		return SAR_FILE_NOT_EXIST;
	if (!allows(c, a, app, a->create_files))
		return SAR_USER_NOT_LOGGED_IN;
	drop_blob(&f->content);
	struct file *end = &a->file[a->files--];
	memmove(f, f + 1, (size_t)((char *)end - (char *)(f + 1)));
	c->changed = true;
	return SAR_OK;
}

ULONG SKF_DeleteFile(HAPPLICATION hApp, LPSTR szFileName) { RUN(delete_file(c, hApp, szFileName)); }

static ULONG enum_files(struct call *c, HAPPLICATION h, char *list, ULONG *size)
{
	const char *names[MAX_FILES];
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	for (uint32_t i = 0; i < a->files; i++)
		names[i] = a->file[i].name;
	return put_names(c, names, a->files, list, size);
}

ULONG SKF_EnumFiles(HAPPLICATION hApp, LPSTR szFileList, ULONG *pulSize) { RUN(enum_files(c, hApp, szFileList, pulSize)); }

static ULONG file_info(struct call *c, HAPPLICATION h, const char *name, FILEATTRIBUTE *out)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	struct file *f = file_named(a, name);
	if (!f)
		return SAR_FILE_NOT_EXIST;
	FILEATTRIBUTE d = {.FileSize = (ULONG)f->content.len, .ReadRights = f->read, .WriteRights = f->write};
	memcpy(d.FileName, f->name, strlen(f->name)); /* 32 octets have no zero behind them */
	if (on(c, "lie-file-size"))
		d.FileSize = (ULONG)number(on(c, "lie-file-size"), -1);
	return put_struct(c, &d, sizeof d, out);
}

ULONG SKF_GetFileInfo(HAPPLICATION hApp, LPSTR szFileName, FILEATTRIBUTE *pFileInfo) { RUN(file_info(c, hApp, szFileName, pFileInfo)); }

static ULONG read_file(struct call *c, HAPPLICATION h, const char *name, ULONG from, ULONG n, BYTE *out, ULONG *len)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	struct file *f = file_named(a, name);
	if (!f)
		return SAR_FILE_NOT_EXIST;
	if (!allows(c, a, app, f->read))
		return SAR_USER_NOT_LOGGED_IN;
	if (from > f->content.len)
		from = (ULONG)f->content.len;
	if (n > f->content.len - from) /* clipped at the end of the file */
		n = (ULONG)(f->content.len - from);
	return put(c, f->content.data + from, n, out, len);
}

ULONG SKF_ReadFile(HAPPLICATION hApp, LPSTR szFileName, ULONG ulOffset, ULONG ulSize, BYTE *pbOut, ULONG *pulOutLen)
{
	RUN(read_file(c, hApp, szFileName, ulOffset, ulSize, pbOut, pulOutLen));
}

static ULONG write_file(struct call *c, HAPPLICATION h, const char *name, ULONG to, const BYTE *data, ULONG n)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	struct file *f = file_named(a, name);
	if (!f)
		return SAR_FILE_NOT_EXIST;
	if (!allows(c, a, app, f->write))
		return SAR_USER_NOT_LOGGED_IN;
	if (to > f->content.len || n > f->content.len - to)
		return SAR_WRITEFILEERR;
	if (n && !data)
		return SAR_INVALIDPARAMERR;
	if (n)
		memcpy(f->content.data + to, data, n);
	c->changed = true;
	return SAR_OK;
}

ULONG SKF_WriteFile(HAPPLICATION hApp, LPSTR szFileName, ULONG ulOffset, BYTE *pbData, ULONG ulSize)
{
	RUN(write_file(c, hApp, szFileName, ulOffset, pbData, ulSize));
}
