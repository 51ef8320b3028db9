using Microsoft.AspNetCore.Http;

namespace Serverless.Dialects.ThingScale.Requests;

/// <summary>An error of this API: its HTTP status and its code, which is the body's member error or, at the HTTP connector, the whole body.</summary>
/// <remarks>Source: the service pages of dev.thingscale.io; [I] marks codes that they do not have and that we had to choose.</remarks>
internal sealed record ThingScaleError(int Status, string Code)
{
    public static readonly ThingScaleError AuthRequired = new(StatusCodes.Status401Unauthorized, "AUTH_REQUIRED");
    public static readonly ThingScaleError TooManyRequests = new(StatusCodes.Status429TooManyRequests, "TOO_MANY_REQUESTS");
    public static readonly ThingScaleError NoDevice = new(StatusCodes.Status404NotFound, "NO_DEVICE");
    public static readonly ThingScaleError NoChannel = new(StatusCodes.Status404NotFound, "NO_CHANNEL");
    public static readonly ThingScaleError NoEvent = new(StatusCodes.Status404NotFound, "NO_EVENT");
    public static readonly ThingScaleError MaxDeviceReach = new(StatusCodes.Status403Forbidden, "MAX_DEVICE_REACH");
    public static readonly ThingScaleError ChannelInUse = new(StatusCodes.Status403Forbidden, "CHANNEL_INUSE");
    public static readonly ThingScaleError BadJson = new(StatusCodes.Status400BadRequest, "BAD_JSON_FORMAT");
    public static readonly ThingScaleError DeviceIdZero = new(StatusCodes.Status400BadRequest, "DEVICE_ID_ZERO");
    public static readonly ThingScaleError NoMappedChannel = new(StatusCodes.Status403Forbidden, "NO_MAPPED_CH");
    public static readonly ThingScaleError DeviceDisabled = new(StatusCodes.Status403Forbidden, "DEVICE_DISABLED");

    /// <summary>[I] The device is there already.</summary>
    public static readonly ThingScaleError DeviceInUse = new(StatusCodes.Status403Forbidden, "DEVICE_INUSE");

    /// <summary>[I] A device id that no topic and no header could carry.</summary>
    public static readonly ThingScaleError BadDeviceId = new(StatusCodes.Status400BadRequest, "BAD_DEVICE_ID");

    /// <summary>[I] A header is missing, or its value is none of those it may have.</summary>
    public static readonly ThingScaleError BadParameter = new(StatusCodes.Status400BadRequest, "BAD_PARAMETER");

    /// <summary>[I] The v1 payload is no v=…&amp;v2=….</summary>
    public static readonly ThingScaleError BadValues = new(StatusCodes.Status400BadRequest, "BAD_VALUE_FORMAT");

    /// <summary>[I] More rows, members or devices than one answer may take together.</summary>
    public static readonly ThingScaleError RangeTooLarge = new(StatusCodes.Status400BadRequest, "RANGE_TOO_LARGE");

    /// <summary>[I] The caller's role does not allow it.</summary>
    public static readonly ThingScaleError Forbidden = new(StatusCodes.Status403Forbidden, "FORBIDDEN");

    /// <summary>[I] There is no such service.</summary>
    public static readonly ThingScaleError NotFound = new(StatusCodes.Status404NotFound, "NOT_FOUND");

    /// <summary>[I] The service does not know the method.</summary>
    public static readonly ThingScaleError MethodNotAllowed = new(StatusCodes.Status405MethodNotAllowed, "METHOD_NOT_ALLOWED");

    /// <summary>[I] Somebody else changed it at the same moment.</summary>
    public static readonly ThingScaleError Conflict = new(StatusCodes.Status409Conflict, "CONFLICT");

    /// <summary>[I] The body is larger than is taken.</summary>
    public static readonly ThingScaleError TooLarge = new(StatusCodes.Status413PayloadTooLarge, "PAYLOAD_TOO_LARGE");

    /// <summary>[I] The store cannot answer now.</summary>
    public static readonly ThingScaleError Unavailable = new(StatusCodes.Status503ServiceUnavailable, "SERVICE_UNAVAILABLE");

    public ThingScaleException Refused() => new(this);
}

/// <summary>A request that this API refuses.</summary>
internal sealed class ThingScaleException(ThingScaleError error) : Exception(error.Code)
{
    public ThingScaleError Error { get; } = error;
}
