npm ci
npx cdk synth --quiet --output cdk.out
