// SPDX-License-Identifier: GPL-2.0-only
#include "facts.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* One line for each fact, its name first. $1: boot.dir, which need not be there yet. */
static const char script[] =
	"d=$1\n"
	"while [ ! -d \"$d\" ] && [ \"$d\" != / ]; do d=$(dirname -- \"$d\"); done\n"
	"echo \"boot_id $(cat /proc/sys/kernel/random/boot_id)\"\n"
	"echo \"release $(uname -r)\"\n"
	"echo \"version $(uname -v)\"\n"
	"echo \"notes $(od -An -v -tx1 /sys/kernel/notes | tr -d ' \\n')\"\n"
	"echo \"cmdline $(cat /proc/cmdline)\"\n"
	"echo \"free_bytes $(($(stat -f -c '%a * %S' -- \"$d\")))\"\n"
	"echo \"taint $(cat /proc/sys/kernel/tainted)\"\n"
	"echo \"cpus $(getconf _NPROCESSORS_ONLN)\"\n"
	"echo \"memory_kib $(sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)\"\n";

/* More than Linux can have. */
#define CPUS_MAX 65536

/* ELF notes, in the byte order of every machine that we know. */
#define NOTE_HEADER 12
#define NOTE_BUILD_ID 3
#define BUILD_ID_MAX 64

/* Array of bytes, NULL when @hex is none. */
static GByteArray *parse_hex(const char *hex)
{
	GByteArray *bytes = g_byte_array_new();

	for (; hex[0] && hex[1]; hex += 2) {
		guint8 byte;

		if (!g_ascii_isxdigit(hex[0]) || !g_ascii_isxdigit(hex[1]))
			break;
		byte = g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]);
		g_byte_array_append(bytes, &byte, 1);
	}
	if (!*hex)
		return bytes;
	g_byte_array_unref(bytes);
	return NULL;
}

static guint32 word_at(const GByteArray *bytes, gsize at)
{
	guint32 word;

	memcpy(&word, bytes->data + at, sizeof(word));
	return GUINT32_FROM_LE(word);
}

static char *format_hex(const guint8 *bytes, gsize length)
{
	GString *text = g_string_new(NULL);

	for (gsize i = 0; i < length; i++)
		g_string_append_printf(text, "%02x", bytes[i]);
	return g_string_free(text, FALSE);
}

static gsize padded(guint32 size)
{
	return ((gsize)size + 3) & ~(gsize)3;
}

char *facts_build_id(const char *hex)
{
	g_autoptr(GByteArray) notes = parse_hex(hex);
	gsize at = 0;

	while (notes && at + NOTE_HEADER <= notes->len) {
		guint32 name_size = word_at(notes, at), size = word_at(notes, at + 4);
		guint32 type = word_at(notes, at + 8);
		gsize name = at + NOTE_HEADER, content = name + padded(name_size);

		if (name_size > notes->len || size > notes->len || content + size > notes->len)
			return NULL;
		if (type == NOTE_BUILD_ID && name_size == 4 && size <= BUILD_ID_MAX &&
		    !memcmp(notes->data + name, "GNU", 4))
			return format_hex(notes->data + content, size);
		at = content + padded(size);
	}
	return NULL;
}

/* The rest of the line of @text that begins with "@key ". Caller frees; NULL: there is none. */
static char *value_of(char **lines, const char *key)
{
	g_autofree char *begin = g_strconcat(key, " ", NULL);

	for (; *lines; lines++) {
		if (g_str_has_prefix(*lines, begin))
			return text_make_plain(*lines + strlen(begin));
	}
	return NULL;
}

static bool set_nonsense(const char *key, GError **error)
{
	g_set_error(
		error, BENCH_ERROR, BENCH_ERROR_INFRA,
		"its answer has no \"%s\" that makes sense; the good system needs a shell, coreutils and sed",
		key);
	return false;
}

static bool take_text(char **lines, const char *key, const char *pattern, char **ret, GError **error)
{
	*ret = value_of(lines, key);
	if (*ret && g_regex_match_simple(pattern, *ret, G_REGEX_DOLLAR_ENDONLY, 0))
		return true;
	return set_nonsense(key, error);
}

static bool take_number(char **lines, const char *key, guint64 most, guint64 *ret, GError **error)
{
	g_autofree char *value = value_of(lines, key);

	if (value && g_ascii_string_to_unsigned(value, 10, 0, most, ret, NULL))
		return true;
	return set_nonsense(key, error);
}

/* The value of FACTS_TOKEN, NULL when the kernel was booted without. */
static char *token_of(const char *cmdline)
{
	g_auto(GStrv) words = g_strsplit(cmdline, " ", -1);

	for (char **word = words; *word; word++) {
		if (g_str_has_prefix(*word, FACTS_TOKEN))
			return g_strdup(*word + strlen(FACTS_TOKEN));
	}
	return NULL;
}

bool facts_parse(const char *text, struct facts *ret, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *notes = value_of(lines, "notes");
	g_auto(facts) f = { 0 };
	guint64 cpus = 0;

	if (!take_text(lines, "boot_id", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", &f.boot_id, error) ||
	    !take_text(lines, "release", "^[A-Za-z0-9][A-Za-z0-9.+_~-]{0,63}$", &f.release, error) ||
	    !take_text(lines, "version", "^.{1,200}$", &f.version, error) ||
	    !take_text(lines, "cmdline", "^.{0,4096}$", &f.cmdline, error) ||
	    !take_number(lines, "free_bytes", G_MAXINT64, &f.free_bytes, error) ||
	    !take_number(lines, "taint", G_MAXINT64, &f.taint, error) ||
	    !take_number(lines, "cpus", CPUS_MAX, &cpus, error) ||
	    !take_number(lines, "memory_kib", G_MAXINT64, &f.memory_kib, error))
		return false;
	f.cpus = cpus;
	f.build_id = notes ? facts_build_id(notes) : NULL;
	f.token = token_of(f.cmdline);
	*ret = f;
	f = (struct facts){ 0 };
	return true;
}

bool facts_read(const struct board *b, unsigned int limit_s, struct facts *ret, enum ssh_end *ret_end,
		GError **error)
{
	const char *const argv[] = { b->boot.dir, NULL };
	g_auto(ssh_result) result = { 0 };

	*ret_end = SSH_UNREACHABLE;
	if (!ssh_script(b, script, argv, limit_s, &result, error))
		return false;
	*ret_end = result.end;
	if (result.end != SSH_DONE || result.status != 0) {
		ssh_set_error(b, "asking what it runs", &result, error);
		return false;
	}
	if (facts_parse(result.out, ret, error))
		return true;
	g_prefix_error(error, "board %s: ", b->name);
	return false;
}

void facts_clear(struct facts *f)
{
	g_free(f->boot_id);
	g_free(f->release);
	g_free(f->version);
	g_free(f->build_id);
	g_free(f->cmdline);
	g_free(f->token);
	*f = (struct facts){ 0 };
}
