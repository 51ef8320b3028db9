using System.Security.Cryptography;
using System.Text;

namespace Serverless.Domain.Devices;

/// <summary>Makes IoT Hub's SAS tokens: SharedAccessSignature sr={resource}&amp;sig={signature}&amp;se={expiry}.</summary>
public static class SharedAccessSignature
{
    /// <summary>A token for a device to connect with.</summary>
    /// <param name="host">The hub's host name as the device uses it.</param>
    /// <param name="hubId">The device's id.</param>
    /// <param name="key">The device's key in base64.</param>
    /// <param name="expires">When the token ends.</param>
    public static string ForDevice(string host, string hubId, string key, DateTimeOffset expires)
    {
        var resource = Uri.EscapeDataString($"{host}/devices/{hubId}");
        var expiry = expires.ToUnixTimeSeconds();
        var signature = HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}";
    }
}
