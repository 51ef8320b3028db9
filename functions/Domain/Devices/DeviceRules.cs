namespace Serverless.Domain.Devices;

/// <summary>What a twin must satisfy before it is stored.</summary>
public static class DeviceRules
{
    /// <exception cref="DomainException">A key is not base64 of 16 to 64 bytes, or a thumbprint is none.</exception>
    public static void Check(DeviceKeys keys)
    {
        foreach (var key in new[] { keys.Primary, keys.Secondary })
        {
            var bytes = new byte[64];
            if (key is not null && !(Convert.TryFromBase64String(key, bytes, out var length) && length >= 16))
            {
                throw DomainException.Invalid("key", "A device's key is 16 to 64 bytes in base64.");
            }
        }

        if (keys.Thumbprints.Any(print => print.Length is not (40 or 64) || !print.All(char.IsAsciiHexDigit)))
        {
            throw DomainException.Invalid("thumbprints", "A thumbprint is SHA-1 or SHA-256 in hexadecimal, without separators.");
        }
    }

    /// <exception cref="DomainException">A member is wrong; the message names it.</exception>
    public static void Check(DeviceTwin twin)
    {
        if (twin.Name.Length is 0 or > 256)
        {
            throw DomainException.Invalid("name", "A device's name has 1 to 256 characters.");
        }

        if (twin.Type is { Length: > 256 })
        {
            throw DomainException.Invalid("type", "A device's type has at most 256 characters.");
        }

        if (twin.Owner is { Length: > 256 } || twin.Group is { Length: > 256 })
        {
            throw DomainException.Invalid(twin.Owner is { Length: > 256 } ? "owner" : "group", "It has at most 256 characters.");
        }

        if (twin.Installation is not null && !Installations.Statuses.Contains(twin.Installation))
        {
            throw DomainException.Invalid("installation", $"A device is one of {string.Join(", ", Installations.Statuses)}.");
        }

        if (twin.Location is { } place && !(Math.Abs(place.Latitude) <= 90 && Math.Abs(place.Longitude) <= 180))
        {
            throw DomainException.Invalid("location", "A latitude lies between -90 and 90, a longitude between -180 and 180.");
        }

        if (twin.ExternalIds.Count > 32)
        {
            throw DomainException.Invalid("externalIds", "A device has at most 32 external ids.");
        }

        foreach (var id in twin.ExternalIds)
        {
            if (id.Type is not { Length: > 0 and <= 128 } || id.Value is not { Length: > 0 and <= 256 })
            {
                throw DomainException.Invalid("externalIds", "An external id has a type of 1 to 128 and a value of 1 to 256 characters.");
            }
        }

        if (!Names.IsHubId(twin.HubId) || twin.ExternalIds.Count(id => id.Type == ExternalId.IotHub) > 1)
        {
            throw DomainException.Invalid(
                "externalIds",
                "The external id iothub is one of 1 to 128 ASCII letters, digits and -._:%#*?!(),=@$' characters."
            );
        }

        if (twin.Channels.Any(c => c.Number < 1 || string.IsNullOrEmpty(c.Measurement) || string.IsNullOrEmpty(c.Field)))
        {
            throw DomainException.Invalid("channels", "A channel has a number from 1 up, a measurement and a field.");
        }

        if (
            twin.Channels.DistinctBy(c => c.Number).Count() < twin.Channels.Count
            || twin.Channels.DistinctBy(c => (c.Measurement, c.Field)).Count() < twin.Channels.Count
        )
        {
            throw DomainException.Invalid("channels", "Each channel has a number, and each measurement and field a channel, of its own.");
        }
    }
}
