// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/locate.h"

#include "bpf/decode.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

#if defined(__aarch64__)
#define ARCH DECODE_ARM64
#else
#define ARCH DECODE_X86_64
#endif

#define NAMED_BY_SYMBOLS	"symbols"
#define NAMED_BY_TEXT		"text"

/* Lists in a node by which it is recognised, and where: see struct layout. */
#define LISTS_MAX 8
/* A list may change between two looks at it. */
#define LOOKS 64
#define TEXT_MAX 16384

struct layout {
	uint32_t node_size;
	uint32_t locks[LOCK_CLASSES];
	uint32_t lists[LISTS_MAX];
	unsigned int n_lists;
	uint32_t busy_list;
};

struct context {
	const struct symbols *symbols;
	struct peek *peek;
	struct locate *found;
};

/* The member @path of struct @type, through named members: "busy.lock". False when there is none. */
static bool member_at(const struct btf *btf, int type, const char *path, uint32_t *ret_offset)
{
	*ret_offset = 0;
	while (*path) {
		const struct btf_type *t = btf__type_by_id(btf, (__u32)type);
		size_t length = strcspn(path, ".");
		unsigned int i;

		if (!t || !btf_is_struct(t))
			return false;
		for (i = 0; i < btf_vlen(t); i++) {
			const char *name = btf__name_by_offset(btf, btf_members(t)[i].name_off);

			if (strlen(name) == length && strncmp(name, path, length) == 0)
				break;
		}
		if (i == btf_vlen(t))
			return false;
		*ret_offset += btf_member_bit_offset(t, i) / 8;
		type = btf__resolve_type(btf, btf_members(t)[i].type);
		path += length + (path[length] == '.');
	}
	return true;
}

static void add_list(const struct btf *btf, int type, const char *path, struct layout *l)
{
	if (l->n_lists < LISTS_MAX && member_at(btf, type, path, &l->lists[l->n_lists]))
		l->n_lists++;
}

/* False when this kernel has no nodes, or some that we do not know. */
static bool read_layout(const struct btf *btf, struct layout *l)
{
	static const char *const locks[LOCK_CLASSES] = {
		[LOCK_POOL] = "pool_lock", [LOCK_BUSY] = "busy.lock", [LOCK_LAZY] = "lazy.lock",
	};
	static const char *const lists[] = { "busy.head", "lazy.head", "purge_list" };
	int type = btf__find_by_name_kind(btf, "vmap_node", BTF_KIND_STRUCT);
	unsigned int i;

	*l = (struct layout){ 0 };
	if (type < 0)
		return false;
	l->node_size = btf__type_by_id(btf, (__u32)type)->size;
	for (i = 0; i < LOCK_CLASSES; i++)
		if (!member_at(btf, type, locks[i], &l->locks[i]))
			return false;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		add_list(btf, type, lists[i], l);
	if (!member_at(btf, type, "busy.head", &l->busy_list))
		l->busy_list = 0;
	return l->node_size > 0;
}

/* Both neighbours of a list's head point back to it. */
static bool is_list(struct peek *peek, uint64_t head)
{
	uint64_t ends[2], back[2];
	unsigned int look;

	for (look = 0; look < LOOKS; look++) {
		if (!peek_read(peek, head, ends, sizeof(ends)))
			return false;
		/* The next one's prev, and the previous one's next. */
		if (peek_read(peek, ends[0] + 8, &back[0], 8) && peek_read(peek, ends[1], &back[1], 8) &&
		    back[0] == head && back[1] == head)
			return true;
	}
	return false;
}

static bool are_nodes(struct peek *peek, uint64_t base, uint32_t count, const struct layout *l)
{
	uint32_t node;
	unsigned int i;

	/* Without a list there is nothing to recognise a node by. */
	if (base == 0 || base % 8 || count == 0 || count > LOCK_NODES || l->n_lists == 0)
		return false;
	for (node = 0; node < count; node++)
		for (i = 0; i < l->n_lists; i++)
			if (!is_list(peek, base + (uint64_t)node * l->node_size + l->lists[i]))
				return false;
	return true;
}

static void take_layout(const struct context *c, const struct layout *l)
{
	c->found->node_size = l->node_size;
	memcpy(c->found->node_locks, l->locks, sizeof(l->locks));
	c->found->busy_list = l->busy_list;
}

static void take_nodes(const struct context *c, uint64_t base, uint32_t count, const char *naming)
{
	c->found->nodes = base;
	c->found->n_nodes = count;
	c->found->nodes_naming = naming;
}

/* Where the compiler saw that there is one node alone, it may have left out the pointer to it. */
static bool read_nodes(const struct context *c, uint64_t *ret_base, uint32_t *ret_count)
{
	uint64_t nodes = symbols_address(c->symbols, "vmap_nodes");
	uint64_t count = symbols_address(c->symbols, "nr_vmap_nodes");

	if (nodes)
		return count && peek_read(c->peek, nodes, ret_base, sizeof(*ret_base)) &&
		       peek_read(c->peek, count, ret_count, sizeof(*ret_count));
	*ret_base = symbols_address(c->symbols, "single");
	*ret_count = 1;
	return *ret_base != 0;
}

static bool nodes_by_symbol(const struct context *c, const struct layout *l)
{
	uint64_t base;
	uint32_t n;

	if (!read_nodes(c, &base, &n) || !are_nodes(c->peek, base, n, l))
		return false;
	take_nodes(c, base, n, NAMED_BY_SYMBOLS);
	return true;
}

/* The text of @function, decoded. False when it is not there or cannot be read. */
static bool decode_function(const struct context *c, const char *function, struct decode *ret)
{
	uint64_t end, begin = symbols_extent(c->symbols, function, &end);
	unsigned char *text;
	size_t size;
	bool ok;

	if (!begin)
		return false;
	size = end - begin < TEXT_MAX ? end - begin : TEXT_MAX;
	text = malloc(size);
	ok = text && peek_read(c->peek, begin, text, size);
	if (ok)
		decode_text(ARCH, begin, text, size, ret);
	free(text);
	return ok;
}

/* The one pair of a pointer and a number in find_vmap_area's text behind which there are nodes. */
static void nodes_by_text(const struct context *c, const struct layout *l)
{
	uint64_t base, found_base = 0;
	uint32_t count, found_count = 0;
	struct decode d;
	unsigned int i, j;

	if (!decode_function(c, "find_vmap_area", &d))
		return;
	for (i = 0; i < d.n_accesses; i++) {
		if (d.accesses[i].bytes != 8 ||
		    !peek_read(c->peek, d.accesses[i].address, &base, sizeof(base)) ||
		    !are_nodes(c->peek, base, 1, l))
			continue;
		for (j = 0; j < d.n_accesses; j++) {
			if (d.accesses[j].bytes != 4 ||
			    !peek_read(c->peek, d.accesses[j].address, &count, sizeof(count)) ||
			    !are_nodes(c->peek, base, count, l))
				continue;
			if (found_base && (found_base != base || found_count != count))
				return;
			found_base = base;
			found_count = count;
		}
	}
	if (found_base)
		take_nodes(c, found_base, found_count, NAMED_BY_TEXT);
}

static const char *const static_names[LOCK_STATICS] = {
	[LOCK_FREE] = "free_vmap_area_lock",
	[LOCK_PURGE] = "vmap_purge_lock",
	[LOCK_AREAS] = "vmap_area_lock",
	[LOCK_PURGE_AREAS] = "purge_vmap_area_lock",
};

static bool locks_by_symbol(const struct context *c)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < LOCK_STATICS; i++) {
		c->found->locks[i] = symbols_address(c->symbols, static_names[i]);
		any |= c->found->locks[i] != 0;
	}
	if (any)
		c->found->locks_naming = NAMED_BY_SYMBOLS;
	return any;
}

/* Places that take a lock: what the first has in common with any other, and is not another lock, is it. */
#define PLACES 4
struct witnesses {
	enum lock_static lock;
	struct {
		const char *function, *callee;
	} places[PLACES];
};

/* In this order: one that was found is left out of the next ones' common set. */
static const struct witnesses witnesses[] = {
	{ LOCK_PURGE,
	  { { "drain_vmap_area_work", "mutex_lock" }, { "drain_vmap_area_work", "mutex_unlock" } } },
	{ LOCK_AREAS, { { "find_vmap_area", "_raw_spin_lock" }, { "alloc_vmap_area", "_raw_spin_lock" } } },
	{ LOCK_FREE,
	  { { "alloc_vmap_area", "_raw_spin_lock" },
	    { "pcpu_get_vm_areas", "_raw_spin_lock" },
	    { "reclaim_list_global.part.0", "_raw_spin_lock" },
	    { "__purge_vmap_area_lazy", "_raw_spin_lock" } } },
	{ LOCK_PURGE_AREAS,
	  { { "free_vmap_area_noflush", "_raw_spin_lock" }, { "__purge_vmap_area_lazy", "_raw_spin_lock" } } },
};

/*
 * The @i-th lock that a text takes, by calling @callee or, where that is inlined, by itself: 0 when that place
 * is none.
 */
static uint64_t taken(const struct decode *d, unsigned int i, uint64_t callee)
{
	const struct decode_access *access;

	if (i < d->n_calls)
		return callee && d->calls[i].target == callee ? d->calls[i].argument : 0;
	access = &d->accesses[i - d->n_calls];
	return access->use == DECODE_EXCHANGE && access->bytes == 4 ? access->address : 0;
}

static bool takes(const struct decode *d, uint64_t callee, uint64_t lock)
{
	unsigned int i;

	for (i = 0; i < d->n_calls + d->n_accesses; i++)
		if (taken(d, i, callee) == lock)
			return true;
	return false;
}

static bool is_known(const struct locate *found, uint64_t lock)
{
	unsigned int i;

	for (i = 0; i < LOCK_STATICS; i++)
		if (found->locks[i] == lock)
			return true;
	return false;
}

/* What the texts of one function and another have in common; 0 when it is nothing, or more than one lock. */
static uint64_t common_of(const struct context *c, const struct decode texts[2], const uint64_t callees[2])
{
	uint64_t common = 0;
	unsigned int i;
	uint32_t word;

	for (i = 0; i < texts[0].n_calls + texts[0].n_accesses; i++) {
		uint64_t lock = taken(&texts[0], i, callees[0]);

		if (lock == 0 || lock % 4 || is_known(c->found, lock) || !takes(&texts[1], callees[1], lock) ||
		    !peek_read(c->peek, lock, &word, sizeof(word)))
			continue;
		if (common && common != lock)
			return 0;
		common = lock;
	}
	return common;
}

static uint64_t common_lock(const struct context *c, const struct witnesses *w)
{
	uint64_t callees[2] = { symbols_address(c->symbols, w->places[0].callee) }, common = 0;
	struct decode texts[2];
	unsigned int i;

	if (!decode_function(c, w->places[0].function, &texts[0]))
		return 0;
	for (i = 1; i < PLACES && w->places[i].function && !common; i++) {
		callees[1] = symbols_address(c->symbols, w->places[i].callee);
		if (decode_function(c, w->places[i].function, &texts[1]))
			common = common_of(c, texts, callees);
	}
	return common;
}

static void locks_by_text(const struct context *c)
{
	size_t i;

	for (i = 0; i < sizeof(witnesses) / sizeof(witnesses[0]); i++) {
		uint64_t lock = common_lock(c, &witnesses[i]);

		c->found->locks[witnesses[i].lock] = lock;
		if (lock)
			c->found->locks_naming = NAMED_BY_TEXT;
	}
}

/* The only variable that free_vmap_area_noflush adds to atomically. */
static uint64_t lazy_by_text(const struct context *c)
{
	uint64_t address = 0;
	struct decode d;
	unsigned int i;

	if (!decode_function(c, "free_vmap_area_noflush", &d))
		return 0;
	for (i = 0; i < d.n_accesses; i++) {
		if (d.accesses[i].use != DECODE_ADD || d.accesses[i].bytes != 8)
			continue;
		if (address)
			return 0;
		address = d.accesses[i].address;
	}
	return address;
}

static void find_nodes(const struct context *c, bool use_symbols)
{
	struct btf *btf = btf__load_vmlinux_btf();
	struct layout l;
	bool known = btf && read_layout(btf, &l);

	c->found->has_nodes = btf && btf__find_by_name_kind(btf, "vmap_node", BTF_KIND_STRUCT) >= 0;
	btf__free(btf);
	if (known)
		take_layout(c, &l);
	if (known && !(use_symbols && nodes_by_symbol(c, &l)))
		nodes_by_text(c, &l);
}

static void find(const struct symbols *symbols, struct peek *peek, bool use_symbols, struct locate *ret)
{
	const struct context c = { symbols, peek, ret };

	*ret = (struct locate){ 0 };
	find_nodes(&c, use_symbols);
	if (!(use_symbols && locks_by_symbol(&c)))
		locks_by_text(&c);
	if (use_symbols) {
		ret->area_list = symbols_address(symbols, "vmap_area_list");
		ret->lazy_pages = symbols_address(symbols, "vmap_lazy_nr");
	}
	if (!ret->lazy_pages)
		ret->lazy_pages = lazy_by_text(&c);
}

void locate(const struct symbols *symbols, struct peek *peek, struct locate *ret)
{
	find(symbols, peek, true, ret);
}

void locate_by_text(const struct symbols *symbols, struct peek *peek, struct locate *ret)
{
	find(symbols, peek, false, ret);
}

void locate_forget(struct locate *l)
{
	memset(l->locks, 0, sizeof(l->locks));
	l->nodes = l->n_nodes = 0;
	l->locks_naming = l->nodes_naming = NULL;
}

bool locate_calls(const struct symbols *symbols, struct peek *peek, const char *function, const char *target)
{
	const struct context c = { symbols, peek, NULL };
	uint64_t address = symbols_address(symbols, target);
	struct decode d;
	unsigned int i;

	if (!address || !decode_function(&c, function, &d))
		return false;
	for (i = 0; i < d.n_calls; i++)
		if (d.calls[i].target == address)
			return true;
	return false;
}
