#include "report/sharing.h"

bool
sharing_of(const struct workload *w, const char *endpoint,
	   struct view_sharing *ret)
{
	if (w->error_scope != SCOPE_GATEWAY || w->gateway == NULL ||
	    w->gateway->profile == NULL)
		return false;
	*ret = (struct view_sharing){
	    .endpoint = endpoint,
	    .environment = w->environment_name,
	    .profile = w->gateway->profile->digest,
	    .scope = w->scope_digest,
	};
	return true;
}
