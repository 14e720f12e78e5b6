/* Device key, PINs, applications, files. */
#include <openssl/crypto.h>
#include <string.h>

#include "vcard.h"

static _Thread_local answer a;

static const BYTE none[2];

/* ---- the device key ---- */

SKF SKF_DevAuth(DEVHANDLE h, BYTE *key, ULONG len) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	if (!key || len != 16) {
		sar = key ? SAR_INDATALENERR : SAR_INVALIDPARAMERR;
	} else {
		command c = start(INS_DEVAUTH, 0, 2);
		put(&c, key, len);
		sar = send(dev, &c, 0, &a, NULL);
		dev->proven = !sar;
	}
	release(dev);
	return sar;
}

SKF SKF_ChangeDevAuthKey(DEVHANDLE h, BYTE *key, ULONG len) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	sar = !key ? SAR_INVALIDPARAMERR : len != 16 ? SAR_INDATALENERR : !dev->proven ? SAR_USER_NOT_LOGGED_IN : begin(dev);
	if (!sar) {
		command c = start(INS_CHANGEKEY, 0, 2);
		sar = sealed(dev, &c, none, (const void *[]){key}, (size_t[]){16}, 1);
		if (!sar)
			sar = send(dev, &c, 0, &a, NULL);
		end(dev);
		dev->proven = 0;
	}
	release(dev);
	return sar;
}

/* ---- PINs ---- */

static int badPIN(const char *pin) { return !pin || strlen(pin) < 6 || strlen(pin) > PIN_FIELD; }

/* secretly sends PINs for an application, whose turn the caller has. */
static ULONG secretly(object *app, BYTE ins, ULONG type, const char *first, const char *second, ULONG *retry) {
	if (type > USER_TYPE)
		return SAR_USER_TYPE_INVALID;
	if (badPIN(first) || (second && badPIN(second)))
		return SAR_PIN_LEN_RANGE;
	ULONG sar = begin(app->device);
	if (sar)
		return sar;
	command c = start(ins, 0, type);
	put(&c, app->app, 2);
	const void *values[] = {first, second};
	size_t lens[] = {strlen(first), second ? strlen(second) : 0};
	sar = sealed(app->device, &c, app->app, values, lens, second ? 2 : 1);
	if (!sar)
		sar = send(app->device, &c, 0, &a, retry);
	end(app->device);
	return sar;
}

SKF SKF_VerifyPIN(HAPPLICATION h, ULONG type, LPSTR pin, ULONG *retry) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	sar = secretly(app, INS_VERIFYPIN, type, pin, NULL, retry);
	release(app);
	return sar;
}

SKF SKF_ChangePIN(HAPPLICATION h, ULONG type, LPSTR old, LPSTR next, ULONG *retry) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	sar = next ? secretly(app, INS_CHANGEPIN, type, old, next, retry) : SAR_PIN_LEN_RANGE;
	release(app);
	return sar;
}

SKF SKF_UnblockPIN(HAPPLICATION h, LPSTR admin, LPSTR next, ULONG *retry) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	sar = next ? secretly(app, INS_UNBLOCK, 0, admin, next, retry) : SAR_PIN_LEN_RANGE;
	release(app);
	return sar;
}

SKF SKF_GetPINInfo(HAPPLICATION h, ULONG type, ULONG *max, ULONG *remain, BOOL *isDefault) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	if (type > USER_TYPE || !max || !remain || !isDefault) {
		sar = type > USER_TYPE ? SAR_USER_TYPE_INVALID : SAR_INVALIDPARAMERR;
	} else {
		command c = start(INS_PININFO, 0, type);
		put(&c, app->app, 2);
		sar = exact(app->device, &c, 3, &a);
		if (!sar) {
			*max = a.data[0];
			*remain = a.data[1];
			*isDefault = a.data[2] != 0;
		}
	}
	release(app);
	return sar;
}

/* onApp sends a command whose data is the application. */
static ULONG onApp(object *app, BYTE ins, size_t le) {
	command c = start(ins, 0, 0);
	put(&c, app->app, 2);
	return send(app->device, &c, le, &a, NULL);
}

SKF SKF_ClearSecureState(HAPPLICATION h) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	sar = onApp(app, INS_CLEAR, 0);
	release(app);
	return sar;
}

/* ---- applications ---- */

static int badName(const char *name, size_t limit) { return !name || !*name || strlen(name) > limit; }

static ULONG openApp(object *dev, const char *name, HAPPLICATION *out) {
	command c = start(INS_OPENAPP, 0, 0);
	put(&c, name, strlen(name));
	ULONG sar = exact(dev, &c, 10, &a);
	if (sar)
		return sar;
	object *app = newObject(APPLICATION, dev);
	if (!app)
		return SAR_MEMORYERR;
	memcpy(app->app, a.data + 8, 2);
	strcpy(app->name, name);
	*out = app;
	return SAR_OK;
}

SKF SKF_OpenApplication(DEVHANDLE h, LPSTR name, HAPPLICATION *out) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	sar = badName(name, NAME) ? SAR_NAMELENERR : out ? openApp(dev, name, out) : SAR_INVALIDPARAMERR;
	release(dev);
	return sar;
}

SKF SKF_CreateApplication(DEVHANDLE h, LPSTR name, LPSTR admin, ULONG adminRetry, LPSTR user, ULONG userRetry,
	ULONG createFileRights, HAPPLICATION *out) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	sar = badName(name, NAME) ? SAR_NAMELENERR : badPIN(admin) || badPIN(user) ? SAR_PIN_LEN_RANGE : !out ? SAR_INVALIDPARAMERR : !dev->proven ? SAR_USER_NOT_LOGGED_IN : begin(dev);
	if (!sar) {
		command c = start(INS_CREATEAPP, 0, 0);
		putName(&c, name, NAME);
		put32(&c, adminRetry);
		put32(&c, userRetry);
		put32(&c, createFileRights);
		sar = sealed(dev, &c, none, (const void *[]){admin, user}, (size_t[]){strlen(admin), strlen(user)}, 2);
		if (!sar)
			sar = send(dev, &c, 0, &a, NULL);
		end(dev);
	}
	if (!sar)
		sar = openApp(dev, name, out);
	release(dev);
	return sar;
}

SKF SKF_EnumApplication(DEVHANDLE h, LPSTR names, ULONG *size) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	command c = start(INS_ENUMAPP, 0, 0);
	sar = send(dev, &c, 65536, &a, NULL);
	if (!sar)
		sar = deliver(a.data, a.len, names, size);
	release(dev);
	return sar;
}

SKF SKF_DeleteApplication(DEVHANDLE h, LPSTR name) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	command c = start(INS_DELETEAPP, 0, 0);
	if (!badName(name, NAME))
		put(&c, name, strlen(name));
	sar = !c.len ? SAR_NAMELENERR : !dev->proven ? SAR_USER_NOT_LOGGED_IN : send(dev, &c, 0, &a, NULL);
	release(dev);
	return sar;
}

SKF SKF_CloseApplication(HAPPLICATION h) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	sar = onApp(app, INS_CLOSEAPP, 0);
	drop(app);
	return sar;
}

/* ---- files ---- */

/* onFile starts a command with the application in P1 and P2 and a name. */
static command onFile(object *app, BYTE ins, const char *name) {
	command c = start(ins, app->app[0], app->app[1]);
	put(&c, name, strlen(name));
	return c;
}

SKF SKF_CreateFile(HAPPLICATION h, LPSTR name, ULONG size, ULONG readRights, ULONG writeRights) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	if (badName(name, NAME)) {
		sar = SAR_NAMELENERR;
	} else {
		command c = start(INS_CREATEFILE, app->app[0], app->app[1]);
		putName(&c, name, NAME);
		put32(&c, size);
		put32(&c, readRights);
		put32(&c, writeRights);
		sar = send(app->device, &c, 0, &a, NULL);
	}
	release(app);
	return sar;
}

SKF SKF_DeleteFile(HAPPLICATION h, LPSTR name) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	if (badName(name, NAME)) {
		sar = SAR_NAMELENERR;
	} else {
		command c = onFile(app, INS_DELETEFILE, name);
		sar = send(app->device, &c, 0, &a, NULL);
	}
	release(app);
	return sar;
}

SKF SKF_EnumFiles(HAPPLICATION h, LPSTR names, ULONG *size) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	command c = onFile(app, INS_ENUMFILES, "");
	sar = send(app->device, &c, 65536, &a, NULL);
	if (!sar)
		sar = deliver(a.data, a.len, names, size);
	release(app);
	return sar;
}

SKF SKF_GetFileInfo(HAPPLICATION h, LPSTR name, FILEATTRIBUTE *info) {
	ULONG sar;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	sar = badName(name, NAME) ? SAR_NAMELENERR : info ? SAR_OK : SAR_INVALIDPARAMERR;
	if (!sar) {
		command c = onFile(app, INS_FILEINFO, name);
		sar = exact(app->device, &c, 12, &a);
	}
	if (!sar) {
		memset(info, 0, sizeof *info);
		memcpy(info->FileName, name, strlen(name));
		info->FileSize = get32(a.data);
		info->ReadRights = get32(a.data + 4);
		info->WriteRights = get32(a.data + 8);
	}
	release(app);
	return sar;
}

/* place starts a command on a part of a file; offsets of the card have 16 bits. */
static command place(object *app, BYTE ins, const char *name, ULONG offset) {
	command c = start(ins, 0, 0);
	put(&c, app->app, 2);
	put16(&c, offset);
	put16(&c, strlen(name));
	put(&c, name, strlen(name));
	return c;
}

SKF SKF_ReadFile(HAPPLICATION h, LPSTR name, ULONG offset, ULONG size, BYTE *out, ULONG *outLen) {
	ULONG sar, done = 0;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	if (badName(name, NAME) || !outLen) {
		sar = outLen ? SAR_NAMELENERR : SAR_INVALIDPARAMERR;
	} else if (!out || *outLen < size) {
		sar = out ? SAR_BUFFER_TOO_SMALL : SAR_OK;
		*outLen = size;
	} else {
		while (!sar && done < size && offset + done <= 0xFFFF) {
			ULONG part = size - done < CHUNK ? size - done : CHUNK;
			command c = place(app, INS_READFILE, name, offset + done);
			sar = send(app->device, &c, part, &a, NULL);
			if (sar || a.len > part)
				break;
			memcpy(out + done, a.data, a.len);
			done += a.len;
			if (a.len < part) /* the end of the file */
				break;
		}
		if (!sar)
			*outLen = done;
	}
	release(app);
	return sar;
}

SKF SKF_WriteFile(HAPPLICATION h, LPSTR name, ULONG offset, BYTE *data, ULONG size) {
	ULONG sar, done = 0;
	object *app = grab(h, APPLICATION, &sar);
	if (!app)
		return sar;
	if (badName(name, NAME) || (!data && size))
		sar = data ? SAR_NAMELENERR : SAR_INVALIDPARAMERR;
	else if (offset > 0xFFFF || size > 0x10000 - offset)
		sar = SAR_WRITEFILEERR;
	while (!sar && done < size) {
		ULONG part = size - done < CHUNK ? size - done : CHUNK;
		command c = place(app, INS_WRITEFILE, name, offset + done);
		put16(&c, part);
		put(&c, data + done, part);
		sar = send(app->device, &c, 0, &a, NULL);
		done += part;
	}
	release(app);
	return sar;
}
