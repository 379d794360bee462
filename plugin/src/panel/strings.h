#pragma once

// Everything the panel says. Formats are for snprintf; only letters that every font has.
namespace kontexture::panel::text {

/// Of what is spent, then reserved, then the limit: as far as there are any.
struct SpentFormats {
    const char* spent;
    const char* reserved;
    const char* limit;
    const char* reserved_limit;
};

// Header
inline constexpr char kNoKey[] = "No key";
inline constexpr char kKeyRefused[] = "Key refused";
inline constexpr char kKeySetTip[] = "There is an API key. It is sent to the service and nowhere else.";
inline constexpr char kNoKeyTip[] = "Pictures cannot be generated without an API key.";
inline constexpr char kCreditsFormat[] = "%s credits";
inline constexpr char kCreditsAsked[] = "asking for credits";
inline constexpr char kCreditsError[] = "credits not known";
inline constexpr char kCreditsTip[] = "The account's balance. Asking again is free.";
inline constexpr char kRefreshTip[] = "Ask the service for the balance (free)";
inline constexpr SpentFormats kSpentFormats = {"%s spent", "%s (+%s) spent", "%s of %s spent",
                                               "%s (+%s) of %s spent"};
inline constexpr char kDayLimitFormat[] = "%s of %s in 24\u00A0h";
inline constexpr char kSpentTipFormat[] =
    "This session: about %s credits spent and %s reserved for what waits. Click to see every payment and to "
    "set limits.";
inline constexpr char kDayTipFormat[] =
    "The last 24 hours, with earlier runs: about %s credits spent, %s reserved, %s allowed. Click to see "
    "every payment and to set limits.";
inline constexpr char kKeyNeeded[] =
    "To generate, an API key of this service is needed. What is in the library works without.";
inline constexpr char kKeyOther[] = "The service refused the key. Enter another one:";
inline constexpr char kKeyHint[] = "API key";
inline constexpr char kKeyEntryTip[] =
    "What you type or paste here is hidden, sent to the service and nowhere else, and not stored.";
inline constexpr char kKeyUse[] = "Use this key";
inline constexpr char kKeyUseTip[] = "Use it until this program ends";
inline constexpr char kKeyPage[] = "Copy the key page's address";
inline constexpr char kTopUpPage[] = "Copy the top-up page's address";
inline constexpr char kTaskLogPage[] = "Copy the task log's address";
inline constexpr char kCopiedFormat[] = "Copied: %s";
inline constexpr char kDismissTip[] = "Hide this message";

// Prompt
inline constexpr char kModeNew[] = "New picture";
inline constexpr char kModeNewShort[] = "New";
inline constexpr char kModeNewTip[] = "Paint a picture from words";
inline constexpr char kModeEdit[] = "Edit a picture";
inline constexpr char kModeEditShort[] = "Edit";
inline constexpr char kModeEditTip[] = "Change a picture with words";
inline constexpr char kPromptHintNew[] =
    "Describe the texture, for example: mossy stone wall, seamless, top light";
inline constexpr char kPromptHintEdit[] = "Say what to change, for example: make the stones wet and darker";
inline constexpr char kPromptTip[] = "Ctrl+Enter generates. Enter starts a new line.";
inline constexpr char kPromptLeftFormat[] = "%d bytes left";
inline constexpr char kPromptOverFormat[] = "%d bytes too long";
inline constexpr char kTryOne[] = "Try one of these:";
inline constexpr const char* kExamples[] = {
    "mossy stone wall, seamless, overcast light",
    "weathered oak planks with iron nails, seamless",
    "rusted metal with chipped teal paint, seamless",
};
inline constexpr char kExampleTip[] = "Puts these words into the prompt. Nothing is sent yet.";

// Input picture
inline constexpr char kInputTitle[] = "Picture to edit";
inline constexpr char kInputHint[] = "File path or https:// address";
inline constexpr char kInputHintTip[] = "A picture file on this machine, or an address the service can read";
inline constexpr char kInputUse[] = "Use";
inline constexpr char kInputUseTip[] = "Take this file or address as the picture to edit";
inline constexpr char kInputSelection[] = "Use the selection";
inline constexpr char kInputSelectionTip[] = "Take the picture of what is selected in the host";
inline constexpr char kInputNoSelection[] = "The host has no picture selected.";
inline constexpr char kInputTeach[] = "Or choose \"Edit this\" on a result below.";
inline constexpr char kInputClearTip[] = "Take this picture out";
inline constexpr char kFromUrl[] = "From an address";
inline constexpr char kFromFile[] = "From a file";
inline constexpr char kFromPixels[] = "From the host's selection";
inline constexpr char kFromLibrary[] = "From the library";
inline constexpr char kSizeFormat[] = "%u x %u";

// Parameters
inline constexpr char kModel[] = "Model";
inline constexpr char kModelTip[] = "Which model paints. The price is for one picture, in credits.";
inline constexpr char kModelTipFormat[] = "%s: %s credits a picture";
inline constexpr char kShape[] = "Shape";
inline constexpr char kShapeAuto[] = "Auto";
inline constexpr char kShapeAutoNewTip[] = "Square: tiles best as a texture";
inline constexpr char kShapeAutoEditTip[] = "The shape of the picture that is edited";
inline constexpr char kShapeTipFormat[] = "Width to height %s";
inline constexpr char kMore[] = "More";
inline constexpr char kMoreTip[] = "Parameters that are rarely changed";
inline constexpr char kMoreChangedFormat[] = "%d changed";
inline constexpr char kMoreReset[] = "Reset";
inline constexpr char kMoreResetTip[] = "Set all of these back to what the service assumes";
inline constexpr char kFormat[] = "Format";
inline constexpr char kFormatPngTip[] = "Without loss: right for textures";
inline constexpr char kFormatJpegTip[] = "Smaller file with block artefacts";
inline constexpr char kSafety[] = "Safety";
inline constexpr char kSafetyTipFormat[] =
    "How much the content filter lets pass: %d is strict, %d is the most this mode allows. The service "
    "assumes %d.";
inline constexpr char kSafetyStrict[] = "%d, strict";
inline constexpr char kSafetyLenient[] = "%d, lenient";
inline constexpr char kSafetyPlain[] = "%d";
inline constexpr char kTranslate[] = "Translate";
inline constexpr char kTranslateTip[] =
    "The model reads English. Auto: translate only a prompt with letters that English does not have.";
inline constexpr char kAuto[] = "Auto";
inline constexpr char kOn[] = "On";
inline constexpr char kOff[] = "Off";
inline constexpr char kWatermark[] = "Watermark";
inline constexpr char kWatermarkHint[] = "none";
inline constexpr char kWatermarkTip[] = "Text that the service writes into the picture";
inline constexpr char kLabel[] = "Label";
inline constexpr char kLabelHint[] = "for the library, never sent";
inline constexpr char kLabelTip[] = "A name for the host and for searching; the service does not see it";
inline constexpr char kUpsampling[] = "Let the service elaborate the prompt";
inline constexpr char kUpsamplingTip[] = "The service adds words of its own before painting; slower";
inline constexpr char kUploadCn[] = "Keep the result on a server in China";
inline constexpr char kUploadCnTip[] = "Faster to fetch from there, slower from elsewhere";
inline constexpr char kReuse[] = "Reuse an identical result, for free";
inline constexpr char kReuseTip[] =
    "When the picture of the very same request is there already, or on its way, take it instead of paying "
    "again. A double click then costs once.";

// Generate
inline constexpr char kPictures[] = "Pictures";
inline constexpr char kFewerTip[] = "One picture less";
inline constexpr char kMoreOfThemTip[] = "One picture more";
inline constexpr char kOneReusedTip[] = "Identical results are reused (under More): that is one picture";
inline constexpr char kGenerate[] = "Generate";
inline constexpr char kGenerateFormat[] = "Generate %d";
inline constexpr char kPriceFormat[] = "%s credits, about $%s";
inline constexpr char kPriceNoUsdFormat[] = "%s credits";
inline constexpr char kPriceReuseFormat[] = "at most %s credits";
inline constexpr char kGenerateTip[] = "Sends the request (Ctrl+Enter). The price is an estimate.";
inline constexpr char kBlockedPrompt[] = "Write a prompt first.";
inline constexpr char kBlockedTooLong[] = "The prompt is too long for this service.";
inline constexpr char kBlockedInput[] = "Choose the picture to edit.";
inline constexpr char kBlockedKey[] = "No API key: enter one above.";
inline constexpr char kBlockedLimitFormat[] =
    "This would pass the limit: %s of %s credits are spent or reserved.";
inline constexpr char kBlockedDayFormat[] =
    "This would pass the daily limit: %s of %s credits are spent or reserved in 24\u00A0hours.";
inline constexpr char kRaiseLimit[] = "Raise the limit";
inline constexpr char kRaiseLimitTip[] = "Opens the page where both limits are set";
inline constexpr char kBalanceLowFormat[] = "The account has %s credits: the service may refuse this.";

// Queue
inline constexpr char kQueue[] = "Requests";
inline constexpr char kShowAllFormat[] = "Show all %d";
inline constexpr char kShowFewer[] = "Show fewer";
inline constexpr char kShowAllTip[] = "The queue is shortened; the rest goes on as well";
inline constexpr char kResumeAllFormat[] = "Send all %d, %s credits";
inline constexpr char kResumeAllTip[] =
    "Sends every request that an earlier run left; each is paid for as usual";
inline constexpr char kCountRunningFormat[] = "%d running";
inline constexpr char kCountWaitingFormat[] = "%d waiting";
inline constexpr char kCountTroubleFormat[] = "%d to decide";
inline constexpr char kQueued[] = "Queued";
inline constexpr char kPreparing[] = "Sending the picture to edit";
inline constexpr char kSubmitting[] = "Handing over to the service";
inline constexpr char kGenerating[] = "Generating";
inline constexpr char kDownloading[] = "Fetching the picture";
inline constexpr char kDecoding[] = "Decoding";
inline constexpr char kDelivering[] = "Handing over to the renderer";
inline constexpr char kReady[] = "Ready";
inline constexpr char kReused[] = "Already made: nothing was paid";
inline constexpr char kUseIt[] = "Use it";
inline constexpr char kUseItTip[] = "Puts this picture on what is selected in the host";
inline constexpr char kMakeAnotherFormat[] = "Make another, %s credits";
inline constexpr char kMakeAnotherTip[] = "Paints the same request anew; it is paid for as usual";
inline constexpr char kFailed[] = "Failed";
inline constexpr char kCancelled[] = "Cancelled";
inline constexpr char kUnknown[] = "Outcome unknown";
inline constexpr char kWaitTurn[] = "Waits for its turn";
inline constexpr char kWaitRate[] = "Waits for the rate limit";
inline constexpr char kWaitRateFormat[] = "Waits for the rate limit, %s";
inline constexpr char kWaitResume[] = "Left by an earlier run, not sent and not paid";
inline constexpr char kWaitRetry[] = "Tries again soon";
inline constexpr char kWaitRetryFormat[] = "Tries again in %s";
inline constexpr char kWaitIdentical[] =
    "The same request is under way: its picture will be used, nothing is paid";
inline constexpr char kWaitCheck[] = "The service has reported: its record is being read";
inline constexpr char kElapsedFormat[] = "%s, %s";
inline constexpr char kElapsedTypicalFormat[] = "%s, %s of usually %s";
inline constexpr char kElapsedLongFormat[] = "%s, %s: longer than the usual %s";
inline constexpr char kBytesFormat[] = "%s, %s";
inline constexpr char kBytesOfFormat[] = "%s, %s of %s";
inline constexpr char kCancelPending[] = "Cancelled: the paid picture still goes to the library";
inline constexpr char kCancelFreeTip[] = "Cancel: nothing was paid yet";
inline constexpr char kCancelPaidTip[] =
    "Cancel: no texture comes, the paid picture still goes to the library";
inline constexpr char kDismissCardTip[] = "Take this out of the list";
inline constexpr char kRetry[] = "Retry";
inline constexpr char kRetryPaidFormat[] = "Retry, %s credits";
inline constexpr char kRetryMaybeFormat[] = "Retry, at most %s credits";
inline constexpr char kRetryTip[] =
    "A task that may still have a picture is asked for it, for free; otherwise the request is sent and paid "
    "anew";
inline constexpr char kResumeFormat[] = "Send, %s credits";
inline constexpr char kResumeTip[] = "Send it now; it is paid for as usual";
inline constexpr char kEditPrompt[] = "Edit the prompt";
inline constexpr char kEditPromptTip[] = "Puts this request back into the form, to change it";
inline constexpr char kUnknownFormat[] =
    "Sent at %s (%s ago) for about %s credits; the answer was lost. Nobody knows yet whether the picture was "
    "started.";
inline constexpr char kBalanceFellFormat[] =
    "Your balance fell by %s credits across this call: probably charged.";
inline constexpr char kBalanceSame[] = "Your balance did not change across this call: probably not charged.";
inline constexpr char kBalanceMovedFormat[] =
    "Your balance changed by %+g credits across this call, the price is %s: not clear.";
inline constexpr char kBalanceAsked[] = "Your balance is being looked at.";
inline constexpr char kBalanceUnknown[] = "How your balance moved across this call is not known.";
inline constexpr char kCheckHint[] = "If the task is there, its picture is collected. Nothing more is paid.";
inline constexpr char kWait[] = "Wait for it";
inline constexpr char kWaitTip[] =
    "Keeps it and looks at your balance again, for free. Should the service still report the picture to the "
    "host, it is collected.";
inline constexpr char kSendAgain[] = "Send again (may pay twice)";
inline constexpr char kSendAgainTip[] =
    "Asks the service once more. It may be paid twice: the first call may have been charged as well.";
inline constexpr char kSendAgainAsk[] =
    "If the first call was charged as well, this picture is paid for twice.";
inline constexpr char kSendAgainYesFormat[] = "Send again, %s credits";
inline constexpr char kSendAgainNo[] = "Back";
inline constexpr char kSendAgainNoTip[] = "Do not send";
inline constexpr char kDiscard[] = "Discard";
inline constexpr char kDiscardTip[] =
    "Forget this request. Should a picture have been made, it is not collected.";
inline constexpr char kUnknownSince[] = "Kept. Nothing is sent unless you say so.";

// Spending
inline constexpr char kSpending[] = "Spending";
inline constexpr char kSpendingBack[] = "Back";
inline constexpr char kSpendingBackTip[] = "Close this page (Escape)";
inline constexpr char kLimitSession[] = "This session";
inline constexpr char kLimitDay[] = "Last 24 hours";
inline constexpr char kLimitDayTip[] = "Everything paid from this data folder, also by earlier runs";
inline constexpr SpentFormats kUsedFormats = {"%s spent", "%s spent, %s reserved", "%s spent of %s",
                                              "%s spent, %s reserved of %s"};
inline constexpr char kLimitHint[] = "no limit";
inline constexpr char kLimitFieldTip[] =
    "The most credits that may be spent. What would pass it is refused before anything is sent.";
inline constexpr char kLimitSet[] = "Set limit";
inline constexpr char kLimitSetTip[] = "Holds at once, until the program ends";
inline constexpr char kLimitRemove[] = "Remove";
inline constexpr char kLimitRemoveTip[] = "No limit, until the program ends";
inline constexpr char kLimitWrong[] = "Write how many credits, for example 100.";
inline constexpr char kLedger[] = "Payments";
inline constexpr char kLedgerTotalFormat[] = "%s credits in all, %s in the last 24\u00A0hours (estimated)";
inline constexpr char kLedgerEmpty[] = "Nothing was paid yet.";
inline constexpr char kLedgerLoading[] = "Reading the payments...";
inline constexpr char kLedgerCutFormat[] = "The newest %d are shown; the CSV file has all.";
inline constexpr char kExport[] = "Export CSV...";
inline constexpr char kExportTip[] = "Writes every payment to a file that spreadsheets read";
inline constexpr char kExportName[] = "kontexture-payments.csv";
inline constexpr char kColumnTime[] = "Time";
inline constexpr char kColumnPrompt[] = "Prompt";
inline constexpr char kColumnModel[] = "Model";
inline constexpr char kColumnCredits[] = "Credits";
inline constexpr char kColumnKind[] = "State";
inline constexpr char kKindReserved[] = "under way";
inline constexpr char kKindSpent[] = "paid";
inline constexpr char kKindUnknown[] = "unknown";
inline constexpr char kLedgerRowFormat[] = "%s, %s, %s";

// Results
inline constexpr char kResults[] = "Results";
inline constexpr char kSearchHint[] = "Search prompts";
inline constexpr char kSearchTip[] = "Words of the prompt or label, in any order";
inline constexpr char kFavouritesTip[] = "Show favourites only";
inline constexpr char kSmallerTip[] = "Smaller thumbnails";
inline constexpr char kLargerTip[] = "Larger thumbnails";
inline constexpr char kCountFormat[] = "%llu";
inline constexpr char kNewFormat[] = "%d new";
inline constexpr char kNewTip[] =
    "They come in when the pointer leaves or rests: nothing moves while you aim";
inline constexpr char kOnSelection[] = "On the selection";
inline constexpr char kInUse[] = "In use";
inline constexpr char kEmptyTitle[] = "Pictures appear here";
inline constexpr char kEmptyText[] =
    "Write a prompt and press Generate. Everything that is generated stays here, also after a restart.";
inline constexpr char kNothingFoundFormat[] = "Nothing matches \"%s\".";
inline constexpr char kNoFavourites[] = "No favourites yet: the star on a picture makes it one.";
inline constexpr char kClearSearch[] = "Show all";
inline constexpr char kClearSearchTip[] = "Clears the search";
inline constexpr char kLoading[] = "Reading the library...";
inline constexpr char kFactsFormat[] = "%s, %u x %u, %s";
inline constexpr char kFactsPaidFormat[] = "%s, %u x %u, %s, %s credits, took %s";
inline constexpr char kPaidFormat[] = "%s credits, took %s";
inline constexpr char kTileHint[] = "Click: large view. Double-click: apply. Right-click: more.";

// Large view
inline constexpr char kBack[] = "Results";
inline constexpr char kBackTip[] = "Close the large view (Escape)";
inline constexpr char kPreviousTip[] = "Newer picture (left arrow)";
inline constexpr char kNextTip[] = "Older picture (right arrow)";
inline constexpr char kFit[] = "Fit";
inline constexpr char kFitTip[] = "The whole picture; drag to move, wheel to zoom";
inline constexpr char kOneToOne[] = "1:1";
inline constexpr char kOneToOneTip[] = "One texel a pixel";
inline constexpr const char* kTiling[] = {"1x", "2x2", "3x3"};
inline constexpr char kTilingTip[] = "Repeats the picture, to see whether it tiles";
inline constexpr char kLoadingPicture[] = "Loading the full picture";
inline constexpr char kApply[] = "Apply";
inline constexpr char kApplyTip[] = "Puts the picture on what is selected in the host (Enter)";
inline constexpr char kApplying[] = "Applied";
inline constexpr char kEditThis[] = "Edit this";
inline constexpr char kEditThisTip[] = "Makes it the picture to edit";
inline constexpr char kUseAgain[] = "Use settings";
inline constexpr char kUseAgainTip[] =
    "Puts the prompt and every parameter of this picture back into the form";
inline constexpr char kSaveAs[] = "Save as";
inline constexpr char kSaveAsTip[] = "Writes the picture to a file";
inline constexpr char kSave[] = "Save";
inline constexpr char kSaveTip[] = "Writes the file; .png and .jpg decide the format";
inline constexpr char kSavePathTip[] = "Where to; missing folders are made";
inline constexpr char kClose[] = "Close";
inline constexpr char kCloseSaveTip[] = "Do not save";
inline constexpr char kSaving[] = "Saving...";
inline constexpr char kSaveUnheardFormat[] =
    "Nobody said whether %s was saved. Look for the file, or save it again.";
inline constexpr char kSavedFormat[] = "Saved to %s";
inline constexpr char kSaveNoPath[] = "Give a file name.";
inline constexpr char kFavouriteTip[] = "Favourite";
inline constexpr char kNotFavouriteTip[] = "No longer a favourite";
inline constexpr char kCopyPrompt[] = "Copy prompt";
inline constexpr char kCopyPromptTip[] = "Copies the prompt to the clipboard";
inline constexpr char kLoadFailedFormat[] = "The picture could not be loaded. %s";

// Amounts; the space before a unit does not break
inline constexpr char kSecondsFormat[] = "%d\u00A0s";
inline constexpr char kMinutesFormat[] = "%d\u00A0min\u00A0%02d\u00A0s";
inline constexpr char kMegabytesFormat[] = "%.1f\u00A0MB";
inline constexpr char kKilobytesFormat[] = "%.0f\u00A0kB";

}  // namespace kontexture::panel::text
