#pragma once

#include <kontexture/request.h>

namespace kontexture::providers::kie {

/// InvalidArgument with the field, its value and what is allowed, for the first field that is wrong. A
/// `remote` service cannot read local addresses.
Result<void> validate(const TextureRequest& request, const Capabilities& service, bool remote);

/// The model that is meant: the first when none is named. Never null; `service` has models.
const std::string& model_of(const TextureRequest& request, const Capabilities& service);

}  // namespace kontexture::providers::kie
