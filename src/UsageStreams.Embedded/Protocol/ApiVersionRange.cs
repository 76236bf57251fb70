using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Protocol;

/// <summary>
/// The versions of one request: what is advertised, from which version on it is served, and which is the first with flexible encoding.
/// Produce is advertised from 0 because clients before librdkafka 2.11.1 stop compressing otherwise, and served from 3 as Kafka 4 does.
/// </summary>
internal readonly record struct ApiVersionRange(ApiKey Key, short Min, short Max, short FirstFlexible, short FirstServed)
{
    public ApiVersionRange(ApiKey key, short min, short max, short firstFlexible)
        : this(key, min, max, firstFlexible, min)
    {
    }

    public bool Serves(short version) => version >= FirstServed && version <= Max;

    public bool IsFlexible(short version) => version >= FirstFlexible;
}
