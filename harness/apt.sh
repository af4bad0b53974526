# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# An apt of our own, to be sourced: state, cache and sources in a folder that its user removes. The machine's is only asked
# where it gets Debian from. (Kernels have theirs in kernels/apt.c.)

apt_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Where this machine's apt gets Debian from; nothing when it does not know. The label is missing before its first
# `apt-get update`.
apt_mirror()
{
	apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
		awk -F '|' '$1 == "Debian" || ($1 ~ /^\$/ && $2 ~ /\/debian\/?$/) { print $2; exit }'
}

# apt_make FOLDER ARCHITECTURE SUITE MIRROR: FOLDER/conf is for apt-get's -c. #clear: hooks of the machine's may need root.
apt_make()
{
	mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial"
	: >"$1/status"
	apt_signed=$([ ! -e "$apt_keyring" ] || echo "[signed-by=$apt_keyring] ")
	echo "deb $apt_signed$4 $3 main" >"$1/sources.list"
	cat >"$1/conf" <<-CONF
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear APT::Architectures;
		APT::Architecture "$2";
		APT::Architectures { "$2"; };
		APT::Sandbox::User "root";
		APT::Update::Error-Mode "any";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
		Dir::State "$1/state";
		Dir::State::status "$1/status";
		Dir::Cache "$1/cache";
		Dir::Etc::SourceList "$1/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
	CONF
}
