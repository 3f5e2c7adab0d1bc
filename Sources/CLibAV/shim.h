#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

// Macros whose casts the Swift importer cannot follow, under names of their own.
static const int CLIBAV_ERROR_EOF = AVERROR_EOF;
static const int CLIBAV_ERROR_INVALIDDATA = AVERROR_INVALIDDATA;
static const int64_t CLIBAV_NOPTS_VALUE = AV_NOPTS_VALUE;
