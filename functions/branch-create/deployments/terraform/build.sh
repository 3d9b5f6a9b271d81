terraform init -backend=false -input=false
terraform validate
