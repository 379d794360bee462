#pragma once

#include <kontexture/config.h>
#include <kontexture/host.h>
#include <kontexture/library.h>
#include <kontexture/panel.h>
#include <kontexture/request.h>
#include <kontexture/service.h>
#include <kontexture/types.h>
