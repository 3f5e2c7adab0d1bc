"""How people say what the world has: words of prompts beside those of the captions.

The captions' own wordings (vocabulary.py) are understood already; here stand further English ones
and all Chinese ones.  `MEANINGS` is keyed by `table:value`; a phrase under several keys has several
readings, between which the sentence decides: "follows" is said of a camera and of a ball.
Particles that never tell two meanings apart (`的`, `了`, `着`) and the adverbs of `ADVERBS` are
dropped before anything is looked up, so that no phrase needs them.
"""

MEANINGS = {
    "shape:ball": "round ball, 球, 球体, 圆球, 皮球, 球儿, 圆珠, 珠子",
    "shape:cube": "square box, crate, 方块, 立方体, 正方体, 箱子, 盒子, 积木, 方盒, 方箱, 立方块, 方块儿, 正方块",
    "shape:cylinder": "barrel, pipe, 圆柱, 圆柱体, 柱子, 柱体, 圆筒, 管子, 罐子, 圆桶, 桶",
    "shape:cone": "圆锥, 圆锥体, 锥体, 锥, 锥形, 路锥, 尖锥, 锥子",
    "shape:ring": "donut, circle, 圆环, 环, 环形, 圆圈, 圈, 甜甜圈, 环状物, 圆环体",
    "shape:pyramid": "金字塔, 四棱锥, 棱锥, 角锥, 四角锥, 方锥",

    "colour:red": "reddish, burgundy, maroon, bright red, dark red, ruby red, 红, 红色, 大红, 大红色, 鲜红, 鲜红色, 深红, 深红色, 猩红, 猩红色, 绯红, 绯红色, 宝石红, 朱红, 朱红色, 赤红",
    "colour:green": "dark green, light green, lime, jade, olive, 绿, 绿色, 翠绿, 翠绿色, 草绿, 草绿色, 墨绿, 墨绿色, 深绿, 深绿色, 浅绿, 浅绿色, 嫩绿, 嫩绿色, 祖母绿, 亮绿, 亮绿色",
    "colour:blue": "dark blue, navy, navy blue, sapphire, indigo, sky blue, bright blue, 蓝, 蓝色, 深蓝, 深蓝色, 天蓝, 天蓝色, 钴蓝, 钴蓝色, 宝蓝, 宝蓝色, 蔚蓝, 蔚蓝色, 湛蓝, 湛蓝色, 海军蓝, 藏蓝, 藏蓝色, 亮蓝, 亮蓝色",
    "colour:yellow": "bright yellow, gold, amber, 黄, 黄色, 金, 金色, 金黄, 金黄色, 柠檬黄, 明黄, 明黄色, 鹅黄, 鹅黄色, 亮黄, 亮黄色",
    "colour:purple": "purple coloured, dark purple, lilac, 紫, 紫色, 紫罗兰, 紫罗兰色, 深紫, 深紫色, 浅紫, 浅紫色, 紫红, 紫红色, 紫水晶色",
    "colour:orange": "橙, 橙色, 橘色, 橘黄, 橘黄色, 橘红, 橘红色, 橙黄色, 橙红色, 桔色, 桔黄色, 亮橙色",
    "colour:cyan": "teal, light blue, aquamarine, 青, 青色, 青绿, 青绿色, 青蓝, 青蓝色, 浅蓝, 浅蓝色, 淡蓝, 淡蓝色, 绿松石色, 湖蓝, 湖蓝色, 蓝绿色, 水绿色, 湖水色",
    "colour:pink": "rose coloured, light pink, pinkish, magenta, 粉, 粉色, 粉红, 粉红色, 玫瑰色, 玫瑰红, 玫红, 玫红色, 桃红, 桃红色, 亮粉色, 亮粉, 桃色, 淡粉色",
    "colour:white": "snowy white, pure white, 白, 白色, 雪白, 雪白色, 象牙白, 象牙色, 纯白, 纯白色, 乳白, 乳白色, 洁白",
    "colour:black": "pitch black, pure black, 黑, 黑色, 漆黑, 漆黑色, 乌黑, 乌黑色, 纯黑, 纯黑色, 墨黑, 墨黑色, 黑漆漆",

    "size:small": "smaller, miniature, petite, 小, 小小, 小型, 迷你, 微小, 极小, 细小, 袖珍, 娇小, 小号",
    "size:large": "larger, bigger, gigantic, enormous, massive, 大, 大大, 巨大, 大型, 巨型, 极大, 庞大, 硕大, 超大, 大号",

    "material:matte": "mat, unshiny, without shine, 哑光, 磨砂, 亚光, 无光泽, 暗淡, 粗糙",
    "material:shiny": "shining, sparkling, glittering, bright and shiny, 闪亮, 发亮, 光滑, 光亮, 闪闪发光, 闪光, 发光, 有光泽, 亮闪闪, 油亮, 亮晶晶, 锃亮, 抛光, 亮光, 很亮, 反光",

    "scene:meadow": "meadow, the meadow, field, fields, the grass, grass, in the grass, lawn, the lawn, grassland, pasture, 草地, 绿草地, 绿色草地, 草坪, 草原, 草丛, 草场, 青草地, 大草原, 草, 田野",
    "scene:desert": "desert, the desert, dunes, sand dunes, sahara, 沙漠, 沙丘, 荒漠, 戈壁, 撒哈拉, 大漠, 撒哈拉沙漠",
    "scene:night": "by night, night, the night, nighttime, starry sky, under the stars, under the moon, night sky, the night sky, night scene, moonlight, moonlit, in the darkness, darkness, dark, 夜, 夜景, 夜晚, 夜里, 夜间, 夜色, 夜空, 晚上, 黑夜, 月光, 月光下, 星空, 月夜, 深夜, 夜幕, 黑暗, 月下, 半夜, 星空下, 夜空下",
    "scene:snow": "snow, the snow, snowy, snowy ground, snowy field, snow field, winter, snow covered ground, 雪, 雪地, 雪中, 雪景, 雪原, 冬天, 冬日, 冬季, 冬日雪景, 白雪, 冰雪, 雪上, 雪夜, 雪野, 茫茫雪地",
    "scene:stage": "stage, the stage, theatre, theater, red curtain, the red curtain, curtain, in front of a red curtain, in front of the curtain, theatre stage, wooden stage, 舞台, 幕布, 红幕布, 红色幕布, 剧场, 剧院, 木舞台, 木质舞台, 幕布前, 帷幕, 红色帷幕, 戏台, 剧院舞台",
    "scene:beach": "beach, the beach, seaside, the seaside, at the seaside, seashore, the sea, sea, ocean, the ocean, shore, coast, sandy beach, sand, the sand, on the sand, 海滩, 沙滩, 海边, 海岸, 海滨, 大海, 海岸边, 海, 海洋",

    "action:moves left": "heads left, drives left, to the left it moves",
    "action:moves right": "heads right, drives right",
    "action:moves toward the camera": "moves toward us, comes toward us, moves towards the camera, comes towards us, comes toward the camera, comes near, moves closer, approaches, approaches us, comes nearer, moves towards us, moves forward, gets closer, 靠近, 走近, 靠近镜头, 朝镜头移动, 向镜头移动, 朝我们移动, 向我们移动, 靠过来, 迎面而来, 朝镜头过来, 向镜头靠近, 朝镜头靠近, 接近, 接近镜头, 向前移动, 走过来, 过来, 逼近, 朝我们过来, 向我们靠近",
    "action:moves away": "goes away, moves backward, moves into the distance, drifts away, moves off, gets farther away, disappears into the distance, 远离, 远去, 远离镜头, 离开, 离去, 退向远处, 走远, 移向远处, 向远处移动, 渐行渐远, 后退, 退远, 向后退, 滑向远处, 向后移动",
    "action:spins": "turns, revolves, whirls, spins around, rotates in place, turns in place, turns around in place, turns round, goes round, spins round and round, 旋转, 转, 转动, 转圈, 自转, 打转, 转圈圈, 原地旋转, 原地转圈, 转起来, 旋转起来, 转来转去, 转个圈, 转个不停",
    "action:bounces": "hops, bounces around, hops around, jumps up and down, bounces in place, bobs up and down, 弹跳, 蹦跳, 蹦, 蹦蹦跳跳, 上下弹跳, 弹来弹去, 跳来跳去, 弹起, 弹, 弹起来, 上下跳动, 跳动, 蹦来蹦去, 反弹, 连续弹跳, 跳上跳下, 跳个不停",
    "action:jumps": "leaps, jumps up, jumps into the air, leaps up, jumps once, jumps high, hops up, springs up, 跳, 跳起, 跳起来, 跳跃, 跃起, 跃向空中, 跳向空中, 起跳, 跳一跳, 往上跳, 向上跳, 跳高, 跳到空中, 蹦起来, 跃入空中, 一跃而起, 跳一次",
    "action:grows": "enlarges, inflates, gets huge, gets larger, becomes bigger, grows bigger, grows larger, grows bigger and bigger, gets bigger and bigger, gets big, becomes big, grows up, 变大, 长大, 放大, 膨胀, 扩大, 胀大, 增大, 越来越大, 越变越大, 变巨大, 变得巨大, 变得很大, 变得越来越大",
    "action:shrinks": "becomes small, gets tiny, shrinks down, becomes tiny, gets small, 变小, 缩小, 收缩, 缩, 萎缩, 越来越小, 越变越小, 变得很小, 缩成一团, 变得越来越小",
    "action:falls": "drops, falls down, falls to the ground, falls from the sky, drops from above, drops from the sky, lands, comes down, falls onto the ground, drops onto the ground, 掉, 掉落, 掉下, 掉下来, 落下, 落下来, 下落, 坠落, 坠下, 落到地上, 掉到地上, 落地, 落在地上, 掉在地上, 从上面掉下来, 从天而降, 从空中落下, 从天上掉下来, 从上面落下, 从高处落下, 跌落, 降落, 从空中掉下来, 从上方落下, 从上方掉下来, 摔下来",
    "action:rolls left": "", "action:rolls right": "",
    "action:stands still": "stands, stays, sits, stops, rests, is motionless, motionless, stands there, remains still, stays still, stays put, is still, stationary, at rest, comes to a stop, lies still, lies, comes to rest, waits, 静止, 静止不动, 不动, 一动不动, 停, 停下, 停下来, 停住, 停止, 停在原地, 保持不动, 原地不动, 站着不动, 静静, 立, 放, 站, 停留, 静止下来, 没有动, 不移动, 没动, 停在那里, 停止不动",

    "interaction:pushes": "推, 推动, 推走, 推开, 推向前",
    "interaction:chases": "chases after, is chasing, races after, goes after, comes after, hunts, 追, 追赶, 追逐, 追逐, 跟, 跟随, 跟在, 尾随, 追击, 追上",
    "interaction:circles around": "circles, orbits, orbits around, goes round, rolls around, runs around, spins around, rotates around, 绕, 围绕, 围, 环绕, 绕行, 围绕旋转, 绕圈",
    "interaction:jumps over": "leaps across, jumps across, flies over, hops across, 跳过, 跃过, 越过, 跳过去, 飞过, 飞跃, 跳跃过, 从上面跳过, 跃过去",
    "interaction:hits": "knocks, knocks over, bumps, collides with, crashes into, smashes into, rams, runs into, knocks into, 撞, 撞到, 撞上, 撞击, 撞飞, 撞开, 碰撞, 碰, 碰到, 击中, 撞向, 撞倒, 撞走, 冲撞, 打中, 击打, 撞翻, 相撞",
    "interaction:lands on": "lands on top of, drops onto, falls on, falls on top of, drops on, jumps onto, jumps on, is dropped on, comes down onto, 落在, 落到, 掉到, 掉在, 砸在, 砸到, 砸中, 降落在, 跳到, 跳上, 压在, 掉落在, 摔在, 落上",

    "camera:static": "static, static shot, static view, fixed, fixed camera, locked, camera locked, locked off, no camera movement, no camera motion, without camera movement, stays fixed, holds still, is still, is fixed, is locked, stays put, remains still, stands still, is stationary, stationary, tripod shot, 固定, 固定镜头, 静止镜头, 固定机位, 静止, 静止不动, 不动, 一动不动, 保持不动, 保持静止, 定格, 定住, 没有镜头运动, 没有运镜, 无镜头运动, 镜头固定, 定机位, 不移动, 没有动, 停住, 锁定",
    "camera:pan left": "moves left, moves to the left, slides left, slides to the left, 左摇, 左平摇, 左移, 平摇向左",
    "camera:pan right": "moves right, moves to the right, slides right, slides to the right, 右摇, 右平摇, 右移, 平摇向右",
    "camera:tilt up": "pans up, moves up, points up, 上摇, 仰起, 上仰, 仰拍, 抬起, 抬头, 仰视, 上移, 抬高, 上升, 仰",
    "camera:tilt down": "pans down, moves down, points down, 下摇, 下俯, 俯拍, 俯视, 低下, 下移, 俯, 下降, 压低",
    "camera:zoom in": "moves closer, comes closer, gets closer, pushes in, dollies in, push in, dolly in, moves in, zoom, zooming, zooms, zooms in on, closes in, moves in closer, goes closer, approaches, 推近, 推进, 拉近, 推, 推镜头, 变焦, 缩放, 放大, 变焦推近, 靠近, 镜头推近, 近推, 前推, 推上去, 凑近, 逼近, 变焦放大",
    "camera:zoom out": "moves away, pulls back, pulls away, pulls out, pull out, pull back, dollies out, dolly out, backs off, moves back, goes farther away, 拉远, 拉开, 拉, 后拉, 拉镜头, 变焦拉远, 缩小, 拉出, 远离, 后退, 拉后, 退后, 变焦缩小, 拉出去, 往后拉, 向后拉",
    "camera:orbit left": "circles left, 左环绕, 环绕向左, 逆时针环绕",
    "camera:orbit right": "circles right, 右环绕, 环绕向右, 顺时针环绕",
    "camera:follow": "tracking shot, follow shot, tracking, follow cam, following shot, tracks, follows, follows along, chases, follow, 跟随, 跟拍, 跟, 追踪, 追随, 跟踪, 跟随拍摄, 追拍, 追, 跟进, 跟随移动, 跟移",

    "framing:wide shot": "wide, wide angle, wide angle shot, full view, establishing shot, panorama, long view, distant shot, far shot, distant view, from far away, 远景, 全景, 广角, 大全景, 远镜头, 远景镜头, 全景镜头, 大远景, 广角镜头, 远距离",
    "framing:medium shot": "medium, mid view, middle shot, medium close shot, 中景, 中景镜头, 中镜头, 中近景, 中距离",
    "framing:close-up": "closeup, close up shot, close up view, closeup shot, extreme close up, macro, macro shot, detail shot, from close by, 特写, 近景, 特写镜头, 近景镜头, 大特写, 近镜头, 近距离, 微距",

    "style:3D": "3d, 3d render, cgi, computer animation, 3d animated, 三维, 立体, 3d动画, 三维动画, 3d风格, 电脑动画",
    "style:black and white": "grayscale, black and white film, 黑白, 单色, 灰度, 黑白电影, 黑白影片, 黑白片, 黑白照片, 黑白画面",
    "style:pixel art": "pixel, pixels, pixelated, 8 bit, 8bit, retro pixel art, pixel graphics, 像素, 像素画, 像素艺术, 复古像素, 像素游戏, 8位像素",
    "style:pencil sketch": "sketch, pencil, sketched, drawing, 素描, 铅笔画, 铅笔素描, 铅笔, 手绘, 手绘铅笔, 速写, 铅笔速写, 炭笔",
    "style:watercolour": "watercolor painting, aquarelle painting, watercolours, watercolors, 水彩, 水彩画",
    "style:ink wash": "ink, ink painting, chinese ink, chinese ink painting, ink and wash, sumi e painting, 水墨, 水墨画, 中国画, 国画, 毛笔画, 墨画, 水墨丹青",

    # Verbs that say something only together with a direction.
    "family:move": "move, slide, glide, travel, go, drift, shift, 移动, 移, 滑动, 滑, 滑行, 平移, 走, 前进, 运动, 飘, 横移, 划过, 移过, 移到, 溜",
    "family:roll": "roll, tumble, 滚动, 滚, 翻滚, 滚过, 滚来, 滚去, 滚走, 打滚, 滚动起来",
    "family:pan": "pan, swing, 摇, 平摇, 横摇, 摇镜头, 摇动, 摇摄, 甩, 摇移, 扫, 扫过, 横扫, 摇拍, 摇镜",
    "family:tilt": "tilt, 俯仰, 倾斜, 竖摇",
    "family:zoom": "",
    "family:orbit": "orbit, arc, circle around, circle, orbit around, arc around, 环绕, 环绕拍摄, 绕, 围绕, 弧形环绕, 绕拍, 环拍, 旋转, 旋转拍摄, 围, 环绕运镜, 转动, 转, 围绕拍摄, 绕行",
    "family:look": "look, 看, 看向, 望, 望向",

    "direction:left": "left, to the left, leftward, leftwards, from the right, from right, from right to left, from the right to the left, to left, 左, 向左, 往左, 朝左, 左边, 向左边, 往左边, 到左边, 左侧, 向左侧, 往左侧, 朝左边, 左方, 从右到左, 从右往左, 从右向左, 由右向左, 自右向左, 从右边, 从右侧, 从右, 左面",
    "direction:right": "right, to the right, rightward, rightwards, from the left, from left, from left to right, from the left to the right, to right, 右, 向右, 往右, 朝右, 右边, 向右边, 往右边, 到右边, 右侧, 向右侧, 往右侧, 朝右边, 右方, 从左到右, 从左往右, 从左向右, 由左向右, 自左向右, 从左边, 从左侧, 从左, 右面",
    "direction:up": "up, upward, upwards, 向上, 往上, 朝上, 上方, 上面",
    "direction:down": "down, downward, downwards, 向下, 往下, 朝下, 下方, 下面",
    "direction:toward": "toward us, towards us, toward the camera, towards the camera, to us, closer, nearer, to the camera, forward, forwards, toward the viewer, towards the viewer, 朝镜头, 向镜头, 朝我们, 向我们, 往镜头, 向前, 往前, 朝前, 近处, 过来",
    "direction:away": "away, away from us, away from the camera, backward, backwards, into the distance, back, off, farther away, 远处, 向远处, 往远处, 朝远处, 远方, 向远方, 向后, 往后, 朝后, 朝远方, 开",
    "direction:in": "in on",
    "direction:out": "out",

    # Words that join and order.
    "word:camera": "camera, the camera, lens, the lens, viewpoint, the viewpoint, 镜头, 摄像机, 相机, 摄影机, 机位, 运镜, 视角",
    "word:then": "then, and then, afterwards, after that, next, finally, later, 然后, 接着, 随后, 之后, 后来, 再, 最后, 紧接着, 而后, 接下来, 才, 又, 后, 再次",
    "word:first": "first, at first, initially, 先, 首先, 起初, 一开始, 开始",
    "word:after": "after",
    "word:before": "before",
    "word:ahead": "之前, 以前",
    "word:while": "while, as, and, with, meanwhile, at the same time, whilst, when, plus, 同时, 和, 与, 并, 并且, 以及, 还有, 而, 跟随其后, 一边, 随着, 同",
    "word:not": "not, no, never, without, neither, nor, non, 不, 没有, 没, 无, 不要, 别, 不是, 并非, 并不, 不会, 非, 勿",
    "word:new": "a, an, one, 一个, 一只, 一颗, 一块, 一枚, 一座, 一, 一根, 一条, 一辆, 一团",
    "word:another": "another, other, second, a second, 另一个, 另一只, 另一颗, 另一块, 第二个",
    "word:two": "two, 2, both, pair of, a pair of, couple of, a couple of, twin, 两个, 两只, 两颗, 两块, 二个, 2个, 俩, 一对, 两, 两座, 两根, 2只, 双",
    "word:pronoun": "it, he, she, they, 它, 他, 她, 它们, 他们, 其",
    "word:passive": "by, 被, 让, 遭, 遭到",
    "word:cut": "cut to, cut, cuts to, shot cut, the shot cuts to, then cut to, then a cut to, a cut to, then we cut to, we cut to, scene cuts to, smash cut to, jump cut to, next shot, 镜头切换, 镜头切换到, 镜头切换至, 切换到, 切换至, 切到, 切至, 镜头切到, 镜头切至, 镜头转到, 切换, 画面切换, 画面切换到, 然后切换到, 然后镜头切换到, 转场, 转场到, 下一镜头, 下一个镜头, 镜头一转, 画面一转, 切镜, 切镜头",
    "word:ignored": (
        "the, of, on, in, at, into, onto, from, to, over, under, across, through, around, along, there, this, that, these,"
        " those, is, are, was, be, being, has, have, its, their, which, who, what, we, us, you, i, me, see, sees,"
        " shows, show, showing, shown, video, clip, movie, film, animation, scene, shot, view, style, styled, painting, render, rendering,"
        " rendered, please, make, makes, made, create, generate, draw, want, picture, image, coloured, colored, colour, color,"
        " object, thing, background, landscape, ground, place, away, again, so, just, only, also, very, really, it's,"
        " does, do, did, off, for, starts, start, starting, begins, begin, beginning, appears, appear, give, gives, show me, gets to see, gets, becomes, filmed, viewed, seen, look, looking,"
        " looks like, like, art, all, time, while it, can, could, will, would, should, some, any, some kind of, kind of,"
        " surface, same, direction, side, air, sky, sun, light, towards, toward, front, in front of, beside, next to, near,"
        " middle, centre, center, itself, lying, placed, out, up, down, back, but, now, here, let, lets, the middle of,"
        " which rolls away, which rolls off, and sends it rolling, and sending it rolling, sends it rolling, which then rolls away,"
        " so that it rolls away, and it rolls away, making it roll away, making it roll, sends it flying,"
        " rolling away, in a circle, in circles, round and round, move, moving, movement, motion, camera movement, camera motion, camerawork,"
        " 在, 里, 上, 中, 下, 是, 有, 个, 地, 把, 将, 从, 到, 向, 往, 朝, 由, 自, 以, 于, 为, 对, 去, 来, 起来, 过, 过去, 得, 颗, 只, 块, 座,"
        " 这, 那, 这个, 那个, 这是, 那是, 这里, 那里, 请, 帮我, 给我, 生成, 制作, 做, 画, 拍, 拍摄, 视频, 短片, 影片, 动画, 画面, 风格, 画风, 风,"
        " 片段, 场景, 背景, 的话, 前, 前面, 面前, 里面, 上面, 中间, 中央, 旁边, 边, 一边, 面, 它自己, 自己, 原地, 然, 也, 都, 就, 还, 很,"
        " 非常, 十分, 特别, 颜色, 物体, 东西, 镜头里, 镜头中, 画面中, 画面里, 显示, 展示, 出现, 看到, 我, 我们, 你, 想要, 想, 要, 表面, 我想要,"
        " 把它撞得滚开, 把它撞开, 把它撞飞, 使它滚开, 让它滚开, 撞得滚开, 让它滚走, 使其滚开, 其滚开, 后者滚开, 呈, 状, 形, 形状, 拍成, 用, 成, 一样,"
        " 跑, 并且让它滚开, 直到, 时, 时候, 当, 一段, 一部, 一幅, 一种, 段, 幅, 部, 条, 根, 枚, 天, 空中, 地上, 地面, 地面上, 在地上, 在空中, 身边, 周围, 那边, 方向, 身上, 头上, 上空, 质感, 材质, 表面光, 大小, 尺寸, 主体, 该, 此, 其中, 沿, 沿着, 位于, 处于, 正在, 正, 着, 呢, 吧, 啊, 哦, 可以, 会, 能, 让镜头"),
}

# Dropped before anything is looked up: the world has one speed, and no word of it.
ADVERBS = (
    "slowly, slow, quickly, quick, fast, gently, smoothly, rapidly, steadily, suddenly, gradually, briefly, twice, again and again,"
    " continuously, constantly, repeatedly, slightly, happily, softly, calmly, gracefully, beautiful, beautifully, nice, nicely, lovely, pretty, cute,"
    " cinematic, realistic, photorealistic, high quality, hd, 4k, 8k, detailed, 24 fps, simply, straight, directly, slow motion, once more, already,"
    " 缓慢地, 缓慢, 慢慢地, 慢慢, 缓缓地, 缓缓, 快速地, 快速, 迅速, 迅速地, 飞快, 飞快地, 轻轻, 轻轻地, 不断, 不断地, 一直, 一下, 两下, 一次, 两次, 突然, 忽然, 渐渐, 逐渐,"
    " 平稳, 平稳地, 不停地, 不停, 持续, 反复, 来回, 直接, 美丽, 漂亮, 可爱, 高清, 电影感, 逼真, 快乐地, 开心地, 高速, 匀速, 继续, 欢快, 欢快地, 稍微, 一点, 一点点, 几下, 好看, 仍然, 依然, 依旧")

PARTICLES = "的了着"

# What a family becomes with a direction, said of a subject and of the camera; "" is without one.
FAMILIES = {
    "move": {"subject": {"left": "action:moves left", "right": "action:moves right",
                         "toward": "action:moves toward the camera", "away": "action:moves away",
                         "up": "action:jumps", "down": "action:falls", "": "action:moves right"},
             "camera": {"left": "camera:pan left", "right": "camera:pan right", "up": "camera:tilt up",
                        "down": "camera:tilt down", "toward": "camera:zoom in", "in": "camera:zoom in",
                        "away": "camera:zoom out", "out": "camera:zoom out"}},
    "roll": {"subject": {"left": "action:rolls left", "right": "action:rolls right",
                         "toward": "action:moves toward the camera", "away": "action:moves away",
                         "": "action:rolls right"}},
    "pan": {"camera": {"left": "camera:pan left", "right": "camera:pan right", "up": "camera:tilt up",
                       "down": "camera:tilt down", "": "camera:pan left"}},
    "tilt": {"camera": {"up": "camera:tilt up", "down": "camera:tilt down", "": "camera:tilt up"}},
    "zoom": {"camera": {"in": "camera:zoom in", "toward": "camera:zoom in", "out": "camera:zoom out",
                        "away": "camera:zoom out", "": "camera:zoom in"}},
    "orbit": {"camera": {"left": "camera:orbit left", "right": "camera:orbit right",
                         "": "camera:orbit left"}},
    "look": {"camera": {"up": "camera:tilt up", "down": "camera:tilt down", "left": "camera:pan left",
                        "right": "camera:pan right"}},
}

# What the negation of a value says, where it says anything.
OPPOSITES = {"size:small": "size:large", "size:large": "size:small",
             "material:matte": "material:shiny", "material:shiny": "material:matte"}
